// From a loss to a stage: gradients → transforms → the optimizer's updates.
import { gradients } from '../autodiff/gradients.ts'
import { namedTensors, type Tensor, tensor } from '../graph/tensor.ts'
import { clipByGlobalNorm } from '../nn/clip.ts'
import { type Layer, layersRule, parameters } from '../nn/layer.ts'
import type { Optimizer } from '../nn/optimizers.ts'
import { chain, type GradientTransform } from '../nn/transforms.ts'
import { accumulated } from '../ops/accumulated.ts'
import { check, complete, type Given, isFunction, isRecord, listOf, notNegative, rule, type Rule } from '../options.ts'
import type { Stage, StageSpec } from './definition.ts'

const OPTIMIZER = rule("an optimizer, such as adam() of 'optimizers'", (x): x is Optimizer => isRecord(x) && 'apply' in x)
/** What `minimize` takes. A function, because its type has the names of the metrics. */
/* @__NO_SIDE_EFFECTS__ */
function minimizing<Metrics extends string>() {
  return {
    /** What `Model.train` reports, by name: scalars. Default `{ loss }`. */
    metrics: namedTensors as Rule<Readonly<Record<Metrics, Tensor>>>,
    /** Applied one after another: `[clipByGlobalNorm(1)]`, say. Default none. */
    transforms: listOf('functions', isFunction) as Rule<readonly GradientTransform[]>,
  }
}
const MINIMIZE = minimizing<string>()
export type MinimizeOptions<Metrics extends string = string> = Given<ReturnType<typeof minimizing<Metrics>>>

/**
 * The stage that lowers `loss` by changing the parameters of `layers`: the short form of
 * `gradients(loss, parameters(...layers)).map(accumulated)` → transforms → `optimizer.apply`.
 * @param loss a scalar
 * @param layers applied to make `loss`; a parameter that several share is changed once
 * @throws RangeError when a transform does not give a gradient for each that it was given
 * @example
 * minimize(optimizers.adam(), loss, [encoder], { metrics: { loss } })
 */
export function minimize<Metrics extends string = 'loss'>(
  optimizer: Optimizer, loss: Tensor, layers: readonly Layer[], options: MinimizeOptions<Metrics> = {},
): StageSpec<Metrics> & Stage {
  check('minimize', 'optimizer', optimizer, OPTIMIZER)
  check('minimize', 'loss', loss, tensor)
  check('minimize', 'layers', layers, layersRule)
  complete('minimize', options, MINIMIZE)
  const { metrics = { loss } as Record<Metrics, Tensor>, transforms = [] } = options
  const variables = parameters(...layers)
  const raw = gradients(loss, variables).map(accumulated)
  return { metrics, updates: optimizer.apply(chain(...transforms)(raw, variables), variables) }
}

/**
 * What `minimize` takes for a definition's `clipNorm`: the bound of all gradients' norm, 0 for none.
 * @example
 * minimize(optimizer, loss, [encoder], clipping(1))
 */
export function clipping(clipNorm: number): Pick<MinimizeOptions, 'transforms'> {
  check('clipping', 'clipNorm', clipNorm, notNegative)
  return clipNorm ? { transforms: [clipByGlobalNorm(clipNorm)] } : {}
}
