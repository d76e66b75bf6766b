// The rows of one step, as the graphs of a model read them.
import type { Tensor } from '../graph/tensor.ts'

/** Each tensor's first dimension is the batch: row i of all of them is of one sample. */
export interface Batch {
  /** [batch, …imageShape], in [-1, 1]. */
  readonly images: Tensor
  /** The class number of each image, [batch]: there where the definition has `classes`. */
  readonly labels?: Tensor
  /** Those that the definition names in `tensors`, [batch, …shape]. */
  readonly [name: string]: Tensor | undefined
}
