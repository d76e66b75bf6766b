// From a loss to a stage: gradients → transforms → the optimizer's updates.
import { gradients } from '../autodiff/gradients.ts'
import type { Variable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { clipByGlobalNorm } from '../nn/clip.ts'
import { parameters, type Layer } from '../nn/layer.ts'
import type { Optimizer } from '../nn/optimizers.ts'
import type { StageSpec } from './definition.ts'

/** What changes gradients before an optimizer takes them: clipping, say. It gives one for each, in their order. */
export type GradientTransform = (gradients: readonly Tensor[], variables: readonly Variable[]) => readonly Tensor[]

export interface MinimizeOptions {
  /** What `Model.train` reports, by name: scalars. Default `{ loss }`. */
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** Applied one after another: `[(g) => clipByGlobalNorm(g, 1)]`, say. Default none. */
  readonly transforms?: readonly GradientTransform[]
}

/**
 * The stage that lowers `loss` by changing the parameters of `layers`: the short form of
 * `gradients(loss, parameters(...layers))` → transforms → `optimizer.updates`.
 * @param loss a scalar
 * @param layers applied to make `loss`; a parameter that several share is changed once
 * @throws RangeError when a transform does not give a gradient for each that it was given
 */
export function minimize(
  optimizer: Optimizer, loss: Tensor, layers: readonly Layer[], { metrics = { loss }, transforms = [] }: MinimizeOptions = {},
): StageSpec {
  const variables: Variable[] = parameters(...layers)
  const grads = transforms.reduce<readonly Tensor[]>((before, transform, i) => {
    const after = transform(before, variables)
    if (after.length === variables.length) return after
    throw new RangeError(`minimize: transform ${i} gave ${after.length} gradients, ` +
      `expected ${variables.length}, as many as it was given`)
  }, gradients(loss, variables))
  return { metrics, updates: optimizer.updates(variables.map((variable, i) => ({ variable, gradient: grads[i]! }))) }
}

/** What `minimize` takes for a definition's `clipNorm`: the bound of all gradients' norm, 0 for none. */
export const clipping = (clipNorm: number): Pick<MinimizeOptions, 'transforms'> =>
  clipNorm ? { transforms: [(gradients) => clipByGlobalNorm(gradients, clipNorm)] } : {}
