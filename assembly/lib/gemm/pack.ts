// Packing: what a register tile reads together lies together.
//
//     B [k][n]                           panels [k][NR], zeros beyond the last column
//     ┌────────┬────────┬───┐            ┌────────┐ ┌────────┐ ┌───┬────┐
//   k │ 0      │ 1      │ 2 │      →   k │ 0      │ │ 1      │ │ 2 │  0 │
//     └────────┴────────┴───┘            └────────┘ └────────┘ └───┴────┘
//
//     four rows of A [4][k]  →  [k][4]: `interleave`; where rows lie side by side, [k][4 · n]: `packColumns`
import { MR, NC, NR } from './sizes'

/**
 * Packs the first of `columns` columns of B in panels [depth][width], `panel` bytes apart: up to NC of them, or one panel where
 * its width is not NR. Strides in floats: from one k to the next, and across columns.
 */
export function packPanels(
  from: usize, depth: i32, strideK: i32, strideN: i32, columns: i32, width: i32, to: usize, panel: usize,
): void {
  const step = <usize>strideK << 2
  const across = <usize>strideN << 2
  if (width == NR && strideN == 1 && columns >= NC) {
    packRows(from, step, to, to + (<usize>(depth * NR) << 2), panel)
    return
  }
  for (let j = 0; j < min(columns, NC); j += width) {
    packPanel(from, depth, step, across, min(width, columns - j), width, to)
    from += <usize>width * across
    to += panel
    if (width != NR) return
  }
}

/** Four whole panels, row by row: NC columns that lie side by side. */
function packRows(from: usize, step: usize, to: usize, end: usize, panel: usize): void {
  for (; to < end; to += 32, from += step) {
    let row = to
    v128.store(row, v128.load(from))
    v128.store(row, v128.load(from, 16), 16)
    row += panel
    v128.store(row, v128.load(from, 32))
    v128.store(row, v128.load(from, 48), 16)
    row += panel
    v128.store(row, v128.load(from, 64))
    v128.store(row, v128.load(from, 80), 16)
    row += panel
    v128.store(row, v128.load(from, 96))
    v128.store(row, v128.load(from, 112), 16)
  }
}

/** One panel, of `columns` columns and zeros. Strides in bytes. */
function packPanel(from: usize, depth: i32, step: usize, across: usize, columns: i32, width: i32, to: usize): void {
  const row = <usize>width << 2
  const end = to + <usize>depth * row
  // A row's floats lie side by side.
  if (columns == NR && across == 4) {
    for (; to < end; to += 32, from += step) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
    }
    return
  }
  // A column's floats do: four by four are transposed.
  if (columns == NR && step == 4) {
    for (; to + 128 <= end; to += 128, from += 16) {
      const half = from + 4 * across
      const v0 = v128.load(from)
      storeTransposed(to, 32, v0, v128.load(from + across), v128.load(from + 2 * across), v128.load(from + 3 * across))
      const v4 = v128.load(half)
      storeTransposed(to + 16, 32, v4, v128.load(half + across), v128.load(half + 2 * across), v128.load(half + 3 * across))
    }
  }
  for (; to < end; to += row, from += step) {
    for (let n = 0; n < width; n++) store<f32>(to + (<usize>n << 2), n < columns ? load<f32>(from + <usize>n * across) : 0)
  }
}

/** Stores the transpose of the 4 × 4 matrix with rows v0 … v3: four vectors, `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, step: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  const a = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5)
  const b = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7)
  const c = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5)
  const d = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(a, c, 0, 2))
  v128.store(to + step, v128.shuffle<i64>(a, c, 1, 3))
  v128.store(to + 2 * step, v128.shuffle<i64>(b, d, 0, 2))
  v128.store(to + 3 * step, v128.shuffle<i64>(b, d, 1, 3))
}

/** `n` floats from each of four places (0: zeros) as [n][4]. */
export function interleave(p0: usize, p1: usize, p2: usize, p3: usize, n: i32, to: usize): void {
  const zero = f32x4.splat(0)
  let at: usize = 0
  for (const end = <usize>(n & ~3) << 2; at < end; at += 16, to += 64) {
    storeTransposed(
      to, 16,
      p0 ? v128.load(p0 + at) : zero, p1 ? v128.load(p1 + at) : zero,
      p2 ? v128.load(p2 + at) : zero, p3 ? v128.load(p3 + at) : zero,
    )
  }
  for (const end = <usize>n << 2; at < end; at += 4, to += 16) {
    store<f32>(to, p0 ? load<f32>(p0 + at) : 0)
    store<f32>(to, p1 ? load<f32>(p1 + at) : 0, 4)
    store<f32>(to, p2 ? load<f32>(p2 + at) : 0, 8)
    store<f32>(to, p3 ? load<f32>(p3 + at) : 0, 12)
  }
}

/** Panels of A that are packed at a time where its rows lie side by side: a cache line of each of its columns, read once. */
export const GROUP: i32 = 4

/** Rows of A from `left` on that are packed at a time: GROUP panels, or one. */
// @ts-ignore: decorator
@inline
export function rowsAtATime(left: i32): i32 {
  return left >= GROUP * MR ? GROUP * MR : MR
}

/**
 * One float of each column of A, to every 16th byte up to `end`; or `rows` of them that lie side by side, to `rows` / 4 panels
 * [depth][4], `panel` bytes apart. Bytes from a column to the next: `step`.
 */
export function packColumns(from: usize, step: usize, to: usize, end: usize, panel: usize, rows: i32): void {
  for (; to < end; to += 16, from += step) {
    if (rows == 1) {
      store<f32>(to, load<f32>(from))
      continue
    }
    v128.store(to, v128.load(from))
    if (rows == MR) continue
    const second = to + panel
    v128.store(second, v128.load(from, 16))
    v128.store(second + panel, v128.load(from, 32))
    v128.store(second + 2 * panel, v128.load(from, 48))
  }
}
