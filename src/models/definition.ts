// What a model is: graphs for training, judging, encoding and decoding, written with the public layers and ops.
// A definition computes nothing; src/train/model.ts binds one to a memory and trains it.
import { gradients } from '../graph/gradients.ts'
import { isVariable, type Variable } from '../graph/leaves.ts'
import type { Shape, Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/gradients.ts'
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
  /** Whether an epoch leaves out the last samples that do not fill a batch. */
  readonly dropRemainder: boolean
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
  /** Codes to sample from, given standard normal noise [batch, …codeShape]. */
  sampleCodes(noise: Tensor): Tensor
}

/** The stage that lowers `loss` by changing the parameters of `layers`, and reports `metrics`. */
export function minimize(optimizer: Optimizer, loss: Tensor, layers: readonly Layer[], pass: Pass, metrics: Readonly<Record<string, Tensor>>): StageSpec {
  const variables: Variable[] = parameters(...layers)
  const grads = gradients(loss, variables)
  return {
    metrics,
    updates: [...optimizer.updates(variables.map((v, i) => ({ variable: v, gradient: grads[i]! }))), ...pass.takeUpdates()],
  }
}

/** The variables that a tensor depends on. */
export const variablesOf = (...tensors: readonly Tensor[]): Variable[] => topological(tensors).filter(isVariable)
