// All of A, packed once for all parts of a product: blocks of MC rows, in each the depths of KC, in those panels [depth][MR].
//
//           KC    KC   rest            in memory, one after another:
//         ┌─────┬─────┬───┐
//      MC │  0  │  1  │ 2 │            block 0:  panels of rows 0 … 3, 4 … 7, …, KC deep
//         ├─────┼─────┼───┤            block 1:  the same rows, from k = KC on
//      MC │  3  │  4  │ 5 │            …
//         └─────┴─────┴───┘
import { ownScratch, partStart } from '../kernel'
import { Gemm } from './gemm'
import { TEMPORARY } from './scratch'
import { KC, MC, MR } from './sizes'

/** Packs a part's rows of A. */
// @ts-ignore: decorator
@inline
export function packA<T>(args: usize, part: i32, parts: i32): void {
  const g = changetype<Gemm>(args)
  const source = changetype<T>(args)
  const end = partStart(g.m, MR, part + 1, parts)
  const temporary = ownScratch(g.scratch, g.scratchPerThread) + TEMPORARY
  for (let i = partStart(g.m, MR, part, parts), rows = 0; i < end; i += rows) {
    const left = min(end, (i & ~(MC - 1)) + MC) - i
    for (let k = 0; k < g.k; k += KC) {
      const depth = min(KC, g.k - k)
      rows = source.pack(i, left, k, depth, packedAt(g, i, k, depth), temporary)
    }
  }
}

/** Where the panel of rows from i on lies, whose block is `depth` deep from k on. */
export function packedAt(g: Gemm, i: i32, k: i32, depth: i32): usize {
  const first = i & ~(MC - 1)
  const rows = (min(MC, g.m - first) + MR - 1) & ~(MR - 1)
  return g.packedA + (<usize>(first * g.k + rows * k + (i - first) * depth) << 2)
}
