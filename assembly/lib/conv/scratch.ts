// The head of a thread's scratch in the convolutions that pack nothing. A tile that C does not hold whole is computed here:
//
//   0     the tile, 4 rows × 8 columns
//   128   the addresses of its four rows, as the register tiles take them
//   144   the addresses of C's rows that it goes to
//   160   not used
//   192   the caller's
import { MR } from '../gemm/sizes'

const TILE_ROWS: usize = 128
const TARGET_ROWS: usize = 144
/** Bytes of all that. @host */
export const CONV_HEADER: i32 = 192

// @ts-ignore: decorator
@inline
export function tileRows(scratch: usize): usize {
  return scratch + TILE_ROWS
}

// @ts-ignore: decorator
@inline
export function targetRows(scratch: usize): usize {
  return scratch + TARGET_ROWS
}

/** Writes the addresses of the tile's rows, once for all tiles. */
// @ts-ignore: decorator
@inline
export function writeTileRows(scratch: usize): void {
  for (let r = 0; r < MR; r++) store<usize>(tileRows(scratch) + (<usize>r << 2), scratch + (<usize>r << 5))
}
