// A thread's scratch in a product, by bytes from its start:
//
//      0                the addresses of C's rows that the block of A makes, MC of them
//   1024   TILE_ROWS    the addresses of the rows of the tile below, as the register tiles take them
//   1040   TILE         a tile of MR × NR that C does not hold whole: computed here, then copied
//   1168   TEMPORARY    128 bytes for a packer of A
//   2048   GEMM_HEADER  the packed block of A, up to MC × KC floats, unless all of A is packed already
//    …                  at the end: packed panels of B, up to NC × KC floats, where the product packs B
import { Gemm } from './gemm'
import { KC, MC, MR, NC, NR } from './sizes'

export const TILE_ROWS: usize = MC << 2
export const TILE: usize = TILE_ROWS + (MR << 2)
export const TEMPORARY: usize = TILE + ((MR * NR) << 2)

/** Writes the addresses of C's rows i … i + rows − 1. */
export function writeRowAddresses(g: Gemm, i: i32, rows: i32, to: usize): void {
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

/** Writes the addresses of the tile's rows. */
// @ts-ignore: decorator
@inline
export function writeTileRows(scratch: usize): void {
  for (let r = 0; r < MR; r++) store<usize>(scratch + TILE_ROWS + (<usize>r << 2), scratch + TILE + (<usize>r << 5))
}

/** Where the product packs B, NC columns at a time. */
// @ts-ignore: decorator
@inline
export function panelsOfB(g: Gemm, scratch: usize): usize {
  return scratch + g.scratchPerThread - (<usize>(min(NC, (g.n + NR - 1) & ~(NR - 1)) * min(KC, g.k)) << 2)
}
