// C = epilogue(A·B): the loops around the register tile. B comes packed in panels of 8 columns, or is packed here as it is
// read; A comes packed (`packLeft`), or is packed here, block by block, by the source `T` (a matrix, or patches of images):
// `pack(row, k, depth, to, temp)` writes four rows as [depth][4], zeros beyond the last row.
// Sums run over k in blocks of KC, ascending, whatever the number of parts: those are of rows or of column panels, as the host
// says.
import { firstPartOfNext, firstPartOfThread, ownScratch, partStart } from '../kernel'
import { Address } from '../layout'
import { loadUpTo4, storeUpTo4 } from '../simd'
import { finish } from './epilogue'
import { COLUMNS, micro4x8, microTall, MORE, MR, NR } from './micro'
import { micro4x16, micro6x16 } from './micro_wide'
import { packPanels, TOGETHER } from './pack'

/** Rows of A packed at a time, and their depth: 256 KB, in the second-level cache. @host */
export const MC = 256
/** @host */
export const KC = 256
/** Start of a thread's scratch: MC row addresses, a tile of 4 × 8 with its four row addresses, 128 bytes for packers. */
const TILE_ROWS: usize = MC << 2
const TILE: usize = TILE_ROWS + 16
const TEMP: usize = TILE + 128
/** Bytes of a thread's scratch before the packed block of A. @host */
const BLOCK: usize = 2048

/** A bit of `Gemm.how`: parts are of column panels, else of rows. @host */
const BY_COLUMNS = 1
/** A bit of `Gemm.how`: in the taller tiles. @host */
const TALL = 2
/** What COLUMNS columns are cut in, by rows, for threads to have equally much. */
const QUARTERS = 4
/** Panels of A that whole tall tiles are made of: each takes one, and its other rows from the last. */
const GROUP = MORE ? MR / MORE + 1 : 1

/** The words that every product starts with. */
@unmanaged
export class Gemm {
  /** B in panels, see kernels/gemm.ts */
  b: Address
  c: Address
  scratch: Address
  /** bytes of scratch a thread */
  scratchPerThread: usize
  m: i32
  n: i32
  k: i32
  /** Row i of C is (image, y, x) over `rowsY` × `rowsX`, at these strides in floats. */
  rowsY: i32
  rowsX: i32
  strideImage: i32
  strideY: i32
  strideX: i32
  /** bits: BY_COLUMNS, TALL */
  how: i32
  /**
   * Not both 0: `b` is B as it lies in memory, at these strides in floats along k and across columns, and a part packs what
   * it comes to, so that the panels it multiplies by are in the caches already.
   */
  rightK: i32
  rightN: i32
  /** A packed, as `packLeft` does; or 0: each part packs the rows that it has */
  packed: Address
  /** address of n floats, or 0 */
  bias: Address
  activation: i32
  alpha: f32
}

// @ts-ignore: decorator
@inline
export function gemm<T>(args: usize, part: i32, parts: i32): void {
  const g = changetype<Gemm>(args)
  const source = changetype<T>(args)
  const scratch = ownScratch(g.scratch, g.scratchPerThread)
  const byColumns = ASC_FEATURE_THREADS ? g.how & BY_COLUMNS : 0
  const end = byColumns ? columnsStart(g, part + 1, parts) : partStart(g.m, MR, part + 1, parts)
  let next = byColumns ? columnsStart(g, part, parts) : partStart(g.m, MR, part, parts)
  while (next < end) {
    const at = next
    next = end
    let i = at
    let i1 = end
    let j0 = 0
    let j1 = g.n
    if (byColumns) {
      // What is left of COLUMNS columns, then whole ones, then a part.
      const quarter = at & (QUARTERS - 1)
      const whole = end & ~(QUARTERS - 1)
      next = quarter ? min(end, at - quarter + QUARTERS) : at < whole ? whole : end
      i = partStart(g.m, MR, quarter, QUARTERS)
      i1 = partStart(g.m, MR, min(QUARTERS, quarter + next - at), QUARTERS)
      j0 = (at / QUARTERS) * COLUMNS
      j1 = min(g.n, ((next + QUARTERS - 1) / QUARTERS) * COLUMNS)
    }
    while (i < i1) {
      const rows = min(i1, (i & ~(MC - 1)) + MC) - i
      rowAddresses(g, i, rows, scratch)
      let k = 0
      do {
        const depth = min(KC, g.k - k)
        let a = scratch + BLOCK
        if (ASC_FEATURE_THREADS && g.packed) a = leftAt(g, i, k, depth)
        else {
          for (let r = 0; r < rows; r += MR) source.pack(i + r, k, depth, a + (<usize>(r * depth) << 2), scratch + TEMP)
        }
        block(g, scratch, a, rows, k, depth, j0, j1)
        k += KC
      } while (k < g.k)
      i += rows
    }
  }
}

/**
 * Where a part starts, in QUARTERS of the rows of COLUMNS columns. Whole ones inside of a thread's parts, because each quarter
 * packs B anew, and where B is packed by columns.
 */
function columnsStart(g: Gemm, part: i32, parts: i32): i32 {
  const columns = (g.n + COLUMNS - 1) / COLUMNS
  const whole = QUARTERS * partStart(columns, 1, part, parts)
  if (!(g.rightK | g.rightN)) return whole
  const first = firstPartOfThread(part)
  const start = partStart(QUARTERS * columns, 1, first, parts)
  return first == part ? start : max(start, min(whole, partStart(QUARTERS * columns, 1, firstPartOfNext(first), parts)))
}

/** All of A at `packed`: blocks of MC rows, in each the depths of KC, in those four rows as [depth][4]. */
// @ts-ignore: decorator
@inline
export function packLeft<T>(args: usize, part: i32, parts: i32): void {
  const g = changetype<Gemm>(args)
  const source = changetype<T>(args)
  const end = partStart(g.m, MR, part + 1, parts)
  const temp = ownScratch(g.scratch, g.scratchPerThread) + TEMP
  for (let i = partStart(g.m, MR, part, parts); i < end; i += MR) {
    for (let k = 0; k < g.k; k += KC) {
      const depth = min(KC, g.k - k)
      source.pack(i, k, depth, leftAt(g, i, k, depth), temp)
    }
  }
}

/** Where four rows of A from `i` on lie packed, from `k` on. */
function leftAt(g: Gemm, i: i32, k: i32, depth: i32): usize {
  const first = i & ~(MC - 1)
  const rows = (min(MC, g.m - first) + MR - 1) & ~(MR - 1)
  return g.packed + (<usize>(first * g.k + rows * k + (i - first) * depth) << 2)
}

/** Addresses of C's rows i … i + rows − 1. */
function rowAddresses(g: Gemm, i: i32, rows: i32, to: usize): void {
  let image = i / (g.rowsY * g.rowsX)
  let y = (i / g.rowsX) % g.rowsY
  let x = i % g.rowsX
  for (let r = 0; r < rows; r++) {
    store<usize>(to + (<usize>r << 2), g.c + (<usize>(image * g.strideImage + y * g.strideY + x * g.strideX) << 2))
    if (++x == g.rowsX) {
      x = 0
      if (++y == g.rowsY) {
        y = 0
        image++
      }
    }
  }
}

/** One packed block of A, at `a`, times the columns j0 … j1 − 1. */
function block(g: Gemm, scratch: usize, a: usize, rows: i32, k: i32, depth: i32, j0: i32, j1: i32): void {
  for (let r = 0; r < MR; r++) store<usize>(scratch + TILE_ROWS + (<usize>r << 2), scratch + TILE + (<usize>r << 5))
  const unpacked = g.rightK | g.rightN
  const panel = <usize>((unpacked ? depth : g.k) * NR) << 2
  // At the end of the thread's scratch, where it packs B: up to TOGETHER columns of KC.
  const right = scratch + g.scratchPerThread - (<usize>(min(TOGETHER, (g.n + NR - 1) & ~(NR - 1)) * min(KC, g.k)) << 2)
  for (let j = j0; j < j1; j += TOGETHER) {
    let b = g.b + (<usize>(j * g.k + k * NR) << 2)
    if (unpacked) {
      b = right
      const from = g.b + (<usize>(k * g.rightK + j * g.rightN) << 2)
      packPanels(from, depth, g.rightK, g.rightN, min(j1, g.n) - j, NR, b, panel)
    }
    const end = min(j1, j + TOGETHER)
    for (let i = j; i < end;) {
      const pair = <bool>WIDE && i + 2 * NR <= min(end, g.n)
      columns(g, scratch, a, rows, k, depth, i, b + (<usize>(i - j) >> 3) * panel, panel, pair)
      i += pair ? 2 * NR : NR
    }
  }
}

/** The same times the panel of columns from `j` on, whose part from `k` on is at `b`, or times two, `next` bytes apart. */
function columns(
  g: Gemm, scratch: usize, a: usize, rows: i32, k: i32, depth: i32, j: i32, b: usize, next: usize, pair: bool,
): void {
  const last = k + depth >= g.k
  const accumulate = i32(k > 0)
  const tileRows = scratch + TILE_ROWS
  const panel = <usize>(depth * MR) << 2
  const count = min(NR, g.n - j)
  const at = <usize>j << 2
  let to = scratch
  let left = rows
  if (MORE && (WIDE ? pair : g.how & TALL && count == NR)) {
    for (; left >= GROUP * MR; left -= GROUP * MR) {
      let more = a + <usize>(GROUP - 1) * panel
      let moreRows = to + (GROUP - 1) * (MR << 2)
      const end = moreRows
      for (; to != end; a += panel, to += MR << 2) {
        if (WIDE) micro6x16(a, more, b, b + next, a + panel, to, moreRows, at, accumulate)
        else microTall(a, more, b, a + panel, to, moreRows, at, accumulate)
        more += MORE << 2
        moreRows += MORE << 2
        if (last) finishTile(g, to, j, pair)
      }
      if (last) finishTile(g, to, j, pair)
      a += panel
      to += MR << 2
    }
  }
  for (; left > 0; left -= MR, a += panel, to += MR << 2) {
    if (count == NR && left >= MR) {
      if (pair) micro4x16(a, b, b + next, a + panel, to, at, accumulate)
      else micro4x8(a, b, a + panel, to, at, accumulate)
      if (last) finishTile(g, to, j, pair)
    } else {
      micro4x8(a, b, a + panel, tileRows, 0, 0)
      mergeTile(g, scratch + TILE, to, min(MR, left), j, count, accumulate, last)
      if (!pair) continue
      micro4x8(a, b + next, a + panel, tileRows, 0, 0)
      mergeTile(g, scratch + TILE, to, left, j + NR, NR, accumulate, last)
    }
  }
}

// @ts-ignore: decorator
@inline
function finishTile(g: Gemm, rows: usize, j: i32, pair: bool): void {
  finishRows(g, rows, j)
  if (pair) finishRows(g, rows, j + NR)
}

/** Bias and activation on a full tile of C. */
export function finishRows(g: Gemm, rows: usize, j: i32): void {
  if (!g.bias && !g.activation) return
  const b0 = g.bias ? v128.load(g.bias + (<usize>j << 2)) : f32x4.splat(0)
  const b1 = g.bias ? v128.load(g.bias + (<usize>j << 2), 16) : f32x4.splat(0)
  for (let r = 0; r < MR; r++) {
    const p = load<usize>(rows + (<usize>r << 2)) + (<usize>j << 2)
    let v0 = v128.load(p)
    let v1 = v128.load(p, 16)
    if (g.bias) {
      v0 = f32x4.add(v0, b0)
      v1 = f32x4.add(v1, b1)
    }
    v128.store(p, finish(v0, g.activation, g.alpha))
    v128.store(p, finish(v1, g.activation, g.alpha), 16)
  }
}

/** The valid part of a tile at C's edge goes to C, the same operations in the same order. */
export function mergeTile(
  g: Gemm, tile: usize, rows: usize, count: i32, j: i32, columns: i32, accumulate: i32, last: bool,
): void {
  for (let r = 0; r < count; r++) {
    const row = load<usize>(rows + (<usize>r << 2))
    for (let q = 0; q < columns; q += 4) {
      const n = min(4, columns - q)
      const at = <usize>(j + q) << 2
      let v = v128.load(tile + (<usize>r << 5) + (<usize>q << 2))
      if (accumulate) v = f32x4.add(loadUpTo4(row + at, n), v)
      if (last) {
        if (g.bias) v = f32x4.add(v, loadUpTo4(g.bias + at, n))
        v = finish(v, g.activation, g.alpha)
      }
      storeUpTo4(row + at, v, n)
    }
  }
}
