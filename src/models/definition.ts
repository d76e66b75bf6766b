// What a model is: graphs for training, judging, encoding and decoding, written with the public layers and ops.
// A definition computes nothing; src/train/model.ts binds one to a memory and trains it.
import { topological } from '../graph/walk.ts'
import { gradients } from '../autodiff/gradients.ts'
import type { Variable } from '../graph/leaves.ts'
import type { Shape, Tensor } from '../graph/tensor.ts'
import { clipByGlobalNorm } from '../nn/clip.ts'
import { parameters, type Layer, type Pass } from '../nn/layer.ts'
import type { Optimizer } from '../nn/optimizers.ts'
import type { FunctionSpec } from '../runtime/function.ts'

export type StageSpec = FunctionSpec['stages'][number]

export interface ModelDefinition {
  /** Its name on the command line and in files. */
  readonly kind: string
  /** Everything needed to make the same definition again. */
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>
  /** The shape of one image: [height, width, channels]. */
  readonly imageShape: Shape
  /** The shape of one code: what `decode` takes. */
  readonly codeShape: Shape
  /** Whether an epoch leaves out the last samples that do not fill a batch. Default false. */
  readonly dropRemainder?: boolean
  /** The optimizers, for the host to change the learning rate. */
  readonly optimizers: readonly Optimizer[]
  /** One training step on a batch of images [batch, …imageShape] in [-1, 1]. */
  train(images: Tensor, pass: Pass): readonly StageSpec[]
  /** Sums over a batch of what is reported per sample; left out where there is no such figure. */
  evaluate?(images: Tensor, pass: Pass): Readonly<Record<string, Tensor>>
  /** Codes of images; left out where the model has no encoder. */
  encode?(images: Tensor, pass: Pass): Tensor
  /** Images from codes. */
  decode(codes: Tensor, pass: Pass): Tensor
  /** Codes to sample from, given standard normal noise [batch, …codeShape]. Default: the noise itself. */
  sampleCodes?(noise: Tensor): Tensor
}

export interface MinimizeOptions {
  /** Changes the gradients of all parameters before the optimizer takes them: `(g) => clipByGlobalNorm(g, 1)`, say. */
  readonly clip?: (gradients: readonly Tensor[]) => readonly Tensor[]
}

/**
 * The stage that lowers `loss` by changing the parameters of `layers`, and reports `metrics`.
 * @param loss a scalar
 * @param layers applied to make `loss`; a parameter that several share is changed once
 * @param pass the pass in which they were applied, whose updates (of running statistics) become the stage's
 * @param metrics what `Model.train` reports, by name: scalars
 * @throws RangeError when `clip` does not give a gradient for each that it was given
 */
export function minimize(
  optimizer: Optimizer, loss: Tensor, layers: readonly Layer[], pass: Pass, metrics: Readonly<Record<string, Tensor>>,
  { clip }: MinimizeOptions = {},
): StageSpec {
  const variables: Variable[] = parameters(...layers)
  const raw = gradients(loss, variables)
  const grads = clip?.(raw) ?? raw
  if (grads.length !== raw.length) {
    throw new RangeError(`minimize: clip gave ${grads.length} gradients, expected ${raw.length}, as many as it was given`)
  }
  return {
    metrics,
    updates: [...optimizer.updates(variables.map((v, i) => ({ variable: v, gradient: grads[i]! }))), ...pass.takeUpdates()],
  }
}

/** What `minimize` takes for a definition's `clipNorm`: the bound of all gradients' norm, 0 for none. */
export const clipping = (clipNorm: number): MinimizeOptions =>
  clipNorm ? { clip: (gradients) => clipByGlobalNorm(gradients, clipNorm) } : {}

/** All tensors that stages compute and depend on. */
export const tensorsOf = (stages: readonly StageSpec[]): Tensor[] =>
  topological(stages.flatMap(({ metrics = {}, updates = [] }) => [...Object.values(metrics), ...updates]))
