// Averages of weights over training (Polyak and Juditsky 1992), kept beside them: what a generator draws best with.
import { isVariable, type Variable, variable } from '../graph/leaves.ts'
import { type Tensor, tensor as tensorRule } from '../graph/tensor.ts'
import { rewrite } from '../graph/walk.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { assign, movingAverage } from '../ops/assign.ts'
import { maximum } from '../ops/compare.ts'
import { step } from '../ops/step.ts'
import { check, complete, flag, fraction, type Given, name as nameRule, option } from '../options.ts'
import { isTrainable, type Layer, layersRule } from './layer.ts'

const EMA = {
  /** The fraction of the old average that is kept at each step. Default 0.999. */
  decay: option(fraction, 0.999),
  /**
   * Keeps less at first, min(decay, (1 + t) / (10 + t)) after t steps: the average is soon none of weights that were drawn.
   * Default false.
   */
  warmup: option(flag, false),
  /** The prefix of the averages' names: two of one model need two. Default 'ema'. */
  name: option(nameRule, 'ema'),
}
export type EmaOptions = Given<typeof EMA>

export interface Ema {
  /**
   * The averages, once the layers are applied: variables of the run (role 'statistic'), named `ema/` and what they are of.
   * Each begins where its variable does.
   */
  readonly variables: readonly Variable[]
  /** The stage that moves all averages. After the optimizers' stages: it takes the weights as they are then. */
  stage(): { readonly updates: readonly Tensor[] }
  /** The same graph with the averages in place of the weights, for `decode`. @throws RangeError where it has none of them */
  apply(tensor: Tensor): Tensor
}

/**
 * Exponential moving averages of what `layers` learn and keep, running statistics too: average = decay·average +
 * (1 − decay)·weight, once a step (optax's ema without debiasing, Keras's use_ema; with `warmup`, TensorFlow's
 * ExponentialMovingAverage with num_updates). Of frozen layers there are none.
 *
 * ```ts
 * const average = ema([generator], { decay: 0.999 })
 * return {
 *   train: ({ images }, pass) => [...stages(images, pass), average.stage()],
 *   decode: (codes, pass) => average.apply(generator.apply(codes, pass)),
 * }
 * ```
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * const average = ema([encoder], { decay: 0.999 })
 * const stages = [minimize(optimizer, loss, [encoder]), average.stage()]
 */
export function ema(layers: readonly Layer[], options: EmaOptions = {}): Ema {
  check('ema', 'layers', layers, layersRule)
  const { decay, warmup, name } = complete('ema', options, EMA)
  const twins = new Map<Variable, Variable>()
  const all = (): Map<Variable, Variable> => {
    for (const v of layers.flatMap((l) => l.variables)) {
      if (twins.has(v) || !isTrainable(v)) continue
      twins.set(v, variable(`${name}/${v.attrs.name}`, v.shape, () => v.attrs.initial, 'statistic'))
    }
    return twins
  }
  return {
    get variables() {
      return [...all().values()]
    },
    stage() {
      // 1 − the fraction that is kept: 1 − (1 + t) / (10 + t) = 9 / (10 + t).
      const taken = warmup ? maximum(1 - decay, div(9, add(step(), 10))) : undefined
      return {
        updates: [...all()].map(([v, twin]) => (
          taken ? assign(twin, add(twin, mul(taken, sub(v, twin)))) : movingAverage(twin, v, decay))),
      }
    },
    apply(tensor) {
      check('ema', 'tensor', tensor, tensorRule)
      const known = all()
      const averaged = rewrite([tensor], (node) => (isVariable(node) ? known.get(node) ?? node : node)).get(tensor)!
      if (averaged === tensor) {
        throw new RangeError(`ema: the tensor is computed without a weight of ${layers.map((l) => `'${l.name}'`).join(', ')}; ` +
          'give one that these layers made')
      }
      return averaged
    },
  }
}
