// What a model is: graphs for training, judging, encoding and decoding, written with the public layers and ops.
// A definition computes nothing; src/train/model.ts binds one to a memory and trains it.
import type { Shape, Tensor } from '../graph/tensor.ts'
import type { Pass } from '../nn/layer.ts'
import type { Optimizer } from '../nn/optimizers.ts'
import type { FunctionSpec } from '../compiler/program.ts'

/** One phase of a training step: what it reports, and the updates that it makes when that is computed. */
export type StageSpec = FunctionSpec['stages'][number]

/** What the gradients of a step are of those of its micro-batches: as losses are means over a batch's rows or sums. */
export type Reduction = 'mean' | 'sum'

/** The rows of one step, each tensor's first dimension being the batch: row i of all of them is of one sample. */
export interface Batch {
  /** [batch, …imageShape], in [-1, 1]. */
  readonly images: Tensor
  /** The class number of each image, [batch]: there where the definition has `classes`. */
  readonly labels?: Tensor
}

export interface ModelDefinition {
  /** Its name on the command line and in files. */
  readonly kind: string
  /** Everything needed to make the same definition again. */
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>
  /** The shape of one image: [height, width, channels]. */
  readonly imageShape: Shape
  /** The shape of one code: what `decode` takes. */
  readonly codeShape: Shape
  /** How many classes its images have: the model is conditional, and its graphs get labels, 0 to classes − 1. */
  readonly classes?: number
  /** Whether an epoch leaves out the last samples that do not fill a batch. Default false. */
  readonly dropRemainder?: boolean
  /**
   * Whether its losses are means over a batch's rows or sums: the gradients of a step that is taken in micro-batches are the mean
   * or the sum of theirs. Default 'mean'.
   */
  readonly reduction?: Reduction
  /** The optimizers, for the host to change the learning rate. */
  readonly optimizers: readonly Optimizer[]
  /** One training step on a batch. */
  train(batch: Batch, pass: Pass): readonly StageSpec[]
  /** Sums over a batch of what is reported per sample; left out where there is no such figure. */
  evaluate?(batch: Batch, pass: Pass): Readonly<Record<string, Tensor>>
  /** Codes of images; left out where the model has no encoder. */
  encode?(images: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Images from codes. */
  decode(codes: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Codes to sample from, given standard normal noise [batch, …codeShape]. Default: the noise itself. */
  sampleCodes?(noise: Tensor, labels?: Tensor): Tensor
}
