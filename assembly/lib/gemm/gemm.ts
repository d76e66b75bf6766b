// The arguments of C = epilogue(A·B), C of m × n, A of m × k. What A is, subclasses say (matrix.ts, patches.ts): each has
// `pack(row, left, k, depth, to, temporary)`, which writes the next four rows of A, from column k on, as [depth][4], zeros beyond
// the last row; or more of the `left` rows, as panels one after another. It returns how many; row and `left` alone decide that.
import { Address } from '../layout'

/** All strides are in floats, all addresses in bytes. */
@unmanaged
export class Gemm {
  /** B: packed in panels of NR columns, [n / NR][k][NR]; or as it lies in memory, where a stride of B is not 0. */
  b: Address
  c: Address
  /** The threads' scratch, one after another (scratch.ts). */
  scratch: Address
  scratchPerThread: usize
  m: i32
  n: i32
  k: i32
  /** Row i of C is (image, y, x), x fastest, over `rowsY` × `rowsX` of each image; it lies at these strides. */
  rowsY: i32
  rowsX: i32
  strideImage: i32
  strideY: i32
  strideX: i32
  /** BY_COLUMNS, TALL (sizes.ts). */
  flags: i32
  /**
   * Not both 0: B(k, n) lies at k · bStrideK + n · bStrideN, and a part packs what it comes to, so that the panels it
   * multiplies by are in its cache already.
   */
  bStrideK: i32
  bStrideN: i32
  /** All of A, packed by a call before (`packA`); or 0: each part packs the rows that it has. */
  packedA: Address
  /** n floats that are added to each row of C; or 0. */
  bias: Address
  /** One of Activation (epilogue.ts), and the slope of leakyReLU. */
  activation: i32
  alpha: f32
}
