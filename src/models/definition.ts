// What a model is: graphs for training, judging, encoding and decoding, written with the public layers and ops.
// A definition computes nothing; src/train/model.ts binds one to a memory and trains it.
import type { Variable } from '../graph/leaves.ts'
import type { Shape, Tensor } from '../graph/tensor.ts'
import type { Batch } from '../nn/batch.ts'
import type { Pass } from '../nn/layer.ts'
import type { Optimizer } from '../nn/optimizers.ts'
import type { SavedSchedule, Schedule } from '../nn/rate.ts'
import type { FunctionSpec } from '../compiler/program.ts'

export type { Batch } from '../nn/batch.ts'

/** What the gradients of a step are of those of its micro-batches: as losses are means over a batch's rows or sums. */
export type Reduction = 'mean' | 'sum'

type OptionValue = number | string | boolean | readonly number[]
/** What a model is made with, by name. */
export type ModelOptions = Readonly<Record<string, OptionValue | Schedule>>

/** A stage as it is compiled. */
export type Stage = FunctionSpec['stages'][number]

/** One phase of a training step: what it reports, and the updates that it makes when that is computed. */
export interface StageSpec<Metrics extends string = string> extends Omit<Stage, 'metrics'> {
  /** What `Model.train` reports, by name: scalars. A name is given by one stage. */
  readonly metrics?: { readonly [M in Metrics]?: Tensor }
}

/** How a definition is trained in rounds. */
export interface Rounds {
  readonly localSteps: number
  readonly learningRate: number
  readonly momentum: number
  /** The updates of a parameter x that changed by −`change`, on the average: m = μ·m + change, x −= η·(change + μ·m). */
  updates(parameter: Variable, change: Tensor): Tensor[]
}

/**
 * A model's graphs. `Metrics` are the names of what its training reports, `Figures` of what `evaluate` does:
 * `ModelDefinition<'loss' | 'kl'>`, and `metrics.los` is an error of the compiler's.
 */
export interface ModelDefinition<Metrics extends string = string, Figures extends string = Metrics> {
  /** Its name on the command line and in files. */
  readonly kind: string
  /** Everything needed to make the same definition again, as plain JSON: a schedule as it is saved. */
  readonly options: Readonly<Record<string, OptionValue | SavedSchedule>>
  /** The shape of one image: [height, width, channels]. */
  readonly imageShape: Shape
  /** The shape of one code: what `decode` takes. */
  readonly codeShape: Shape
  /**
   * How many classes its images have: the model is conditional, and its graphs get labels [batch], 0 to classes − 1. Where a
   * caller gives `classWeights`, labels of `encode`, `decode` and `sampleCodes` are those, [batch, classes].
   */
  readonly classes?: number
  /** The further tensors of the data that a batch has, by name: the shape of one row each. Default none. */
  readonly tensors?: Readonly<Record<string, Shape>>
  /**
   * How many batches a training step takes, `pass.batches`: five for five steps of a critic. Where it is more than one, an
   * epoch leaves out the last samples that do not fill a step. Default 1.
   */
  readonly batchesPerStep?: number
  /** Whether an epoch leaves out the last samples that do not fill a batch. Default false. */
  readonly dropRemainder?: boolean
  /**
   * Whether its losses are means over a batch's rows or sums: the gradients of a step that is taken in micro-batches are the mean
   * or the sum of theirs. Default 'mean'.
   */
  readonly reduction?: Reduction
  /** Further variables that are kept with the weights, given the stages of a training step. */
  keeps?(stages: readonly Stage[]): readonly Variable[]
  /** How it is trained in rounds, where `inRounds` made it. */
  readonly rounds?: Rounds
  /** The optimizers, for the host to change the learning rate. */
  readonly optimizers: readonly Optimizer[]
  /**
   * One training step on a batch, which is the first of `pass.batches`. It is called once for each size of batch that is
   * trained with (the last of an epoch may be smaller), and once with two rows when the model is made, which makes the
   * variables: those must not depend on the size of the batch.
   */
  train(batch: Batch, pass: Pass): readonly StageSpec<Metrics>[]
  /** Sums over a batch of what is reported per sample; left out where there is no such figure. */
  evaluate?(batch: Batch, pass: Pass): Readonly<Record<Figures, Tensor>>
  /**
   * log p(x, z) − log q(z | x) of one code z drawn from q for each row, [batch], in nats: what the negative log-likelihood is
   * estimated by. Left out where the model has no likelihood.
   */
  importanceWeights?(batch: Batch, pass: Pass): Tensor
  /** Codes of images; left out where the model has no encoder. */
  encode?(images: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Scores of images, [batch, …], the higher the more like the data; left out where the model has no discriminator. */
  discriminate?(images: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Images from codes. */
  decode(codes: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Codes to sample from, given standard normal noise [batch, …codeShape]. Default: the noise itself. */
  sampleCodes?(noise: Tensor, labels: Tensor | undefined, pass: Pass): Tensor
}
