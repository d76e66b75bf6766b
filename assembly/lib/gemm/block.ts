// A packed block of A times columns of B: for each panel of B all panels of A, in register tiles.
//
//                        ┌────┐
//                  depth │ NR │   a panel of B: stays in the first-level cache
//             depth      └────┘
//           ┌───────┐    ┌────┐
//        MR │ panel │    │tile│
//           ├───────┤    ├────┤   of C; a wide core takes two panels of B at a time
//        MR │ panel │    │tile│
//           └───────┘    └────┘
//    block of A: stays in the second-level cache
import { micro4x16, micro4x8, micro5x8, micro6x16, micro6x8 } from '../tiles.generated'
import { finishRows, mergeTile } from './epilogue'
import { Gemm } from './gemm'
import { packPanels } from './pack'
import { panelsOfB, TILE, TILE_ROWS, writeTileRows } from './scratch'
import { EXTRA_ROWS, MR, NC, NR, TALL } from './sizes'

/**
 * Tall tiles are made of whole panels of A: of each group of TALL_GROUP panels, the last gives EXTRA_ROWS rows to each of the
 * others. Five panels are four tiles of 5 rows (three panels two tiles of 6):
 *
 *     tile 0   panel 0  + row 0 of panel 4
 *     tile 1   panel 1  + row 1
 *     tile 2   panel 2  + row 2
 *     tile 3   panel 3  + row 3
 */
const TALL_GROUP: i32 = EXTRA_ROWS ? MR / EXTRA_ROWS + 1 : 1

/** The block at `a`, of `rows` rows, `depth` deep from k on, times columns j0 … j1 − 1. */
export function multiplyBlock(g: Gemm, scratch: usize, a: usize, rows: i32, k: i32, depth: i32, j0: i32, j1: i32): void {
  writeTileRows(scratch)
  const unpacked = g.bStrideK | g.bStrideN
  const panel = <usize>((unpacked ? depth : g.k) * NR) << 2
  const packed = panelsOfB(g, scratch)
  for (let j = j0; j < j1; j += NC) {
    let b = g.b + (<usize>(j * g.k + k * NR) << 2)
    if (unpacked) {
      b = packed
      const from = g.b + (<usize>(k * g.bStrideK + j * g.bStrideN) << 2)
      packPanels(from, depth, g.bStrideK, g.bStrideN, min(j1, g.n) - j, NR, b, panel)
    }
    const end = min(j1, j + NC)
    for (let at = j; at < end;) {
      const pair = <bool>WIDE && at + 2 * NR <= min(end, g.n)
      multiplyPanel(g, scratch, a, rows, k, depth, at, b + (<usize>(at - j) >> 3) * panel, panel, pair)
      at += pair ? 2 * NR : NR
    }
  }
}

/** The block times the panel at `b`, of columns from j on; `pair`: times two panels, `next` bytes apart. */
function multiplyPanel(
  g: Gemm, scratch: usize, a: usize, rows: i32, k: i32, depth: i32, j: i32, b: usize, next: usize, pair: bool,
): void {
  const last = k + depth >= g.k
  const accumulate = i32(k > 0)
  const tileRows = scratch + TILE_ROWS
  const panel = <usize>(depth * MR) << 2
  const columns = min(NR, g.n - j)
  const column = <usize>j << 2
  /** The addresses of C's rows, of the panel at `a` on. */
  let to = scratch
  let left = rows
  if (EXTRA_ROWS && (WIDE ? pair : g.flags & TALL && columns == NR)) {
    for (; left >= TALL_GROUP * MR; left -= TALL_GROUP * MR) {
      // `more`: the rows of the last panel that are next.
      let more = a + <usize>(TALL_GROUP - 1) * panel
      let moreRows = to + (TALL_GROUP - 1) * (MR << 2)
      const end = moreRows
      for (; to != end; a += panel, to += MR << 2) {
        if (WIDE) micro6x16(a, more, b, b + next, a + panel, to, moreRows, column, accumulate)
        else if (EXTRA_ROWS == 2) micro6x8(a, more, b, a + panel, to, moreRows, column, accumulate)
        else micro5x8(a, more, b, a + panel, to, moreRows, column, accumulate)
        more += EXTRA_ROWS << 2
        moreRows += EXTRA_ROWS << 2
        if (last) finishTile(g, to, j, pair)
      }
      // The last panel, whose rows are whole by now.
      if (last) finishTile(g, to, j, pair)
      a += panel
      to += MR << 2
    }
  }
  for (; left > 0; left -= MR, a += panel, to += MR << 2) {
    if (columns == NR && left >= MR) {
      if (pair) micro4x16(a, b, b + next, a + panel, to, column, accumulate)
      else micro4x8(a, b, a + panel, to, column, accumulate)
      if (last) finishTile(g, to, j, pair)
    } else {
      // At C's edge: nothing is written beyond it.
      micro4x8(a, b, a + panel, tileRows, 0, 0)
      mergeTile(g, scratch + TILE, to, min(MR, left), j, columns, accumulate, last)
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
