// C = epilogue(A·B): the outer loops, as in BLIS. A part of C is rows by columns; it is made block by block of A:
//
//          KC                       columns                   columns
//        ┌─────┬ ─              ┌───────────┬ ─            ┌───────────┬ ─
//     MC │block│      ·      KC │  panels   │      (+)= MC │   tiles   │      for k = 0, KC, 2·KC, … ascending
//        ├─────┼ ─              ├───────────┼ ─            ├───────────┼ ─
//
// A block is packed by its `source` T (gemm.ts), or lies packed (pack_a.ts); what is made of it is block.ts's.
// Invariant: a sum's order depends on KC alone, not on how many parts there are.
import { firstPartOfNext, firstPartOfThread, ownScratch, partStart } from '../kernel'
import { multiplyBlock } from './block'
import { Gemm } from './gemm'
import { packedAt } from './pack_a'
import { TEMPORARY, writeRowAddresses } from './scratch'
import { BY_COLUMNS, GEMM_HEADER, KC, MC, MR, TILE_COLUMNS } from './sizes'

/**
 * Parts by columns are counted in quarters of strips. A strip is TILE_COLUMNS columns of C, a quarter a quarter of its rows, so
 * that parts are equal where strips are few. Three strips for two parts:
 *
 *       strip 0  1  2
 *            ┌──┬──┬──┐
 *     rows 0 │ 0│ 0│ 1│     part 0: quarters 0 … 5
 *          1 │ 0│ 0│ 1│     part 1: quarters 6 … 11
 *          2 │ 0│ 1│ 1│
 *          3 │ 0│ 1│ 1│
 *            └──┴──┴──┘
 */
const QUARTERS = 4

export function gemm<T>(args: usize, part: i32, parts: i32): void {
  const g = changetype<Gemm>(args)
  if (ASC_FEATURE_THREADS && g.flags & BY_COLUMNS) {
    const end = quartersStart(g, part + 1, parts)
    for (let at = quartersStart(g, part, parts); at < end;) at = multiplyQuarters<T>(args, at, end)
  } else multiply<T>(args, partStart(g.m, MR, part, parts), partStart(g.m, MR, part + 1, parts), 0, g.n)
}

/**
 * The quarter that a part begins with. Threads' parts begin at any; those inside of a thread's own at whole strips, since each
 * part packs B anew; so do all where B was packed by columns, for then a part packed what it reads.
 */
function quartersStart(g: Gemm, part: i32, parts: i32): i32 {
  const strips = (g.n + TILE_COLUMNS - 1) / TILE_COLUMNS
  const whole = QUARTERS * partStart(strips, 1, part, parts)
  if (!(g.bStrideK | g.bStrideN)) return whole
  const first = firstPartOfThread(part)
  const start = partStart(QUARTERS * strips, 1, first, parts)
  return first == part ? start : max(start, min(whole, partStart(QUARTERS * strips, 1, firstPartOfNext(first), parts)))
}

/** Of the quarters from `at` to `end`, makes the first that are rows by columns: the rest of a strip, whole strips, or a part. */
function multiplyQuarters<T>(args: usize, at: i32, end: i32): i32 {
  const g = changetype<Gemm>(args)
  const first = at & (QUARTERS - 1)
  const wholeEnd = end & ~(QUARTERS - 1)
  const next = first ? min(end, at - first + QUARTERS) : at < wholeEnd ? wholeEnd : end
  const i0 = partStart(g.m, MR, first, QUARTERS)
  const i1 = partStart(g.m, MR, min(QUARTERS, first + next - at), QUARTERS)
  multiply<T>(args, i0, i1, (at / QUARTERS) * TILE_COLUMNS, min(g.n, ((next + QUARTERS - 1) / QUARTERS) * TILE_COLUMNS))
  return next
}

/** Rows i0 … i1 − 1 by columns j0 … j1 − 1 of C. */
function multiply<T>(args: usize, i0: i32, i1: i32, j0: i32, j1: i32): void {
  const g = changetype<Gemm>(args)
  const source = changetype<T>(args)
  const scratch = ownScratch(g.scratch, g.scratchPerThread)
  for (let i = i0; i < i1;) {
    // Blocks begin at multiples of MC, as they lie packed.
    const rows = min(i1, (i & ~(MC - 1)) + MC) - i
    writeRowAddresses(g, i, rows, scratch)
    let k = 0
    // Once for k = 0 too: C is the epilogue of zeros then.
    do {
      const depth = min(KC, g.k - k)
      let a = scratch + GEMM_HEADER
      if (ASC_FEATURE_THREADS && g.packedA) a = packedAt(g, i, k, depth)
      else {
        for (let r = 0; r < rows;) {
          r += source.pack(i + r, rows - r, k, depth, a + (<usize>(r * depth) << 2), scratch + TEMPORARY)
        }
      }
      multiplyBlock(g, scratch, a, rows, k, depth, j0, j1)
      k += KC
    } while (k < g.k)
    i += rows
  }
}
