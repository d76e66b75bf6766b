// Optimizers. Each is one fused pass over a parameter, as an effect op of a stage; what it remembers are variables (role
// 'slot'), so they are saved with the weights. Nothing is computed here. A schedule's rate is written into the state first.
import {
  adam_f32, adam_step, broadcast_to_f32, copy_f32, rmsprop_f32, rmsprop_momentum_f32, sgd_f32, sgd_momentum_f32, sgd_nesterov_f32,
  type UpdateArgs,
} from '../graph/contract.generated.ts'
import { call, type Kernel, type KernelCall } from '../graph/kernel_call.ts'
import { constant, type Variable, variable, variablesRule } from '../graph/leaves.ts'
import { apply, type Op, sameShape, shapeError, show, type Tensor, tensors } from '../graph/tensor.ts'
import { mul } from '../ops/arithmetic.ts'
import { zeros } from '../ops/fill.ts'
import { step as stepsDone } from '../ops/step.ts'
import {
  check, type Complete, complete, flag, fractionBelowOne, type Given, name as nameRule, notNegative, option,
} from '../options.ts'
import { learningRateMultiplierOf } from './layer.ts'
import { type Rate, rate, type Schedule } from './rate.ts'

export interface Optimizer {
  readonly name: string
  /**
   * Its scalars, kept with the weights. The first is the learning rate: the host may write it between runs, and where there is
   * a schedule, it is the rate that the last step used.
   */
  readonly state: Variable
  /** What gives the learning rate, where it is not the number that the host sets. */
  readonly schedule: Schedule | null
  /**
   * The updates of one step, in the order in which they must run, from the gradients of the loss with respect to `variables`:
   * `gradients(loss, variables)`, then transforms, then this. Asked again, it gives updates of the same slots.
   * A layer's `learningRateMultiplier` is taken into account.
   * @throws RangeError when a variable is given twice, there is not a gradient for each, or one's shape is not its variable's
   */
  apply(gradients: readonly Tensor[], variables: readonly Variable[]): Tensor[]
}

/** The place of the learning rate in an optimizer's state. */
export const LEARNING_RATE = 0

/** How a kind of optimizer updates one parameter. `p`, `q`: the constants of its kernel (assembly/kernels/optimizers.ts). */
interface UpdateAttrs extends Record<string, unknown> {
  readonly kernel: Kernel<UpdateArgs>
  readonly slots: readonly Slot[]
  /** Where its state has what it multiplies steps by. */
  readonly rates: readonly number[]
  readonly p: number
  readonly q: number
  readonly epsilon: number
  readonly cost: number
}
/** An update of one parameter. */
type OneAttrs = UpdateAttrs & { readonly multiplier: number }
type Slot = 'momentum' | 'velocity'

const ONE = { dimensions: [1, 1, 1, 1], stridesA: [0, 0, 0, 0], stridesB: [0, 0, 0, 0] } as const
/** Copies a state of `n` scalars, those at the places `rates` multiplied. */
const multiplied = (from: number, to: number, n: number, rates: readonly number[], multiplier: number): KernelCall[] => [
  call(copy_f32, { x: from, y: to, n }),
  ...rates.map((i) => call(broadcast_to_f32, { a: from + 4 * i, b: from + 4 * i, y: to + 4 * i, ...ONE, scale: multiplier })),
]

/** Whether a tensor is an optimizer's update of a parameter. */
export const isOptimizerUpdate = (t: Tensor): boolean => t.op.name === updateOp.name

const updateOp: Op<OneAttrs> = {
  name: 'optimizer',
  shape([x, ...others]) {
    const dy = others.at(-1)!
    if (!sameShape(x!, dy)) throw shapeError('optimizer', `the gradient's shape ${show(dy)} is not the variable's ${show(x!)}`)
    return []
  },
  gradient: null,
  effect: true,
  unordered: true,
  scratch: ({ inputs, attrs: { multiplier } }) => (multiplier === 1 ? 0 : inputs.at(-2)!.size),
  calls({ inputs, attrs: { kernel, slots, rates, p, q, epsilon, multiplier } }, at) {
    const slot = (name: Slot) => (slots.includes(name) ? at.inputs[1 + slots.indexOf(name)]! : 0)
    const [own, g] = at.inputs.slice(1 + slots.length) as [number, number]
    const state = multiplier === 1 ? own : at.scratch
    return [
      ...(multiplier === 1 ? [] : multiplied(own, state, inputs.at(-2)!.size, rates, multiplier)),
      call(kernel, {
        x: at.inputs[0]!, m: slot('momentum'), v: slot('velocity'), state, g, n: inputs[0]!.size, p, q, epsilon,
      }),
    ]
  },
  flops: ({ inputs, attrs }) => inputs[0]!.size * attrs.cost,
}

interface AdamStepAttrs extends Record<string, unknown> {
  readonly epsilonHat: boolean
  readonly beta1: number
  readonly beta2: number
  readonly weightDecay: number
}

const adamStepOp: Op<AdamStepAttrs> = {
  name: 'adamStep',
  shape: () => [],
  gradient: null,
  effect: true,
  calls: ({ attrs: { epsilonHat, beta1, beta2, weightDecay } }, { inputs: [state] }) => [
    call(adam_step, { state: state!, epsilonHat: Number(epsilonHat), beta1, beta2, weightDecay }),
  ],
  flops: () => 0,
}

/** Writes the rate of the step into an optimizer's state. */
const rateOp: Op = {
  name: 'learningRate',
  shape: () => [],
  gradient: null,
  effect: true,
  calls: (_, { inputs: [state, rate] }) => [call(copy_f32, { x: rate!, y: state! + 4 * LEARNING_RATE, n: 1 })],
  flops: () => 0,
}

/** @param size of the state: the learning rate, then zeros @param step the update of it that comes before those of parameters */
function optimizer(
  name: string, learningRate: Rate, size: number, attrs: UpdateAttrs, step?: (state: Variable) => Tensor,
): Optimizer {
  const schedule = typeof learningRate === 'number' ? null : learningRate
  const initial = (): Tensor => {
    const first = (value: number) => constant(Float32Array.from({ length: size }, (_, i) => (i ? 0 : value)))
    return schedule ? mul(schedule.at(constant(0)), first(1)) : first(learningRate as number)
  }
  const scalars = variable(`${name}/state`, [size], initial, 'slot')
  const known = new Map<Variable, Variable[]>()
  const slotsOf = (x: Variable): Variable[] => {
    const slots = known.get(x) ?? attrs.slots.map((slot) => variable(`${name}/${slot}/${x.attrs.name}`, x.shape, zeros, 'slot'))
    known.set(x, slots)
    return slots
  }
  return {
    name,
    state: scalars,
    schedule,
    apply(gradients, variables) {
      check(name, 'gradients', gradients, tensors)
      check(name, 'variables', variables, variablesRule)
      if (gradients.length !== variables.length) {
        throw new RangeError(`${name}: ${gradients.length} gradients for ${variables.length} variables, expected one for each`)
      }
      const twice = variables.find((x, i) => variables.indexOf(x) !== i)
      if (twice) {
        const mend = 'give it once, with the sum of its gradients'
        throw new RangeError(`${name}: the variable '${twice.attrs.name}' is given twice; ${mend}`)
      }
      return [
        ...(schedule ? [apply(rateOp, [scalars, schedule.at(stepsDone())], {})] : []),
        ...(step ? [step(scalars)] : []),
        ...variables.map((x, i) => {
          const own = { ...attrs, multiplier: learningRateMultiplierOf(x) }
          return apply(updateOp, [x, ...slotsOf(x), scalars, gradients[i]!], own)
        }),
      ]
    },
  }
}

/** What every optimizer takes. */
const OPTIMIZER = {
  /** 0 or more, which the host may change between runs, or a schedule (nn/schedules.ts). */
  learningRate: rate,
  /** The prefix of its slots' names: two optimizers of one model need two. The optimizer's own name by default. */
  name: nameRule,
}
export type OptimizerOptions = Given<typeof OPTIMIZER>

const SGD = {
  /** μ, 0 or more and less than 1. Default 0: no momentum. */
  momentum: option(fractionBelowOne, 0),
  /** Nesterov's form. Default false. */
  nesterov: option(flag, false),
}
export type SgdOptions = Given<typeof SGD> & OptimizerOptions

/**
 * Gradient descent: x −= η·g. With momentum μ: m = μ·m − η·g, x += m; Nesterov's: x += μ·m − η·g (the new m).
 * @param options.learningRate η, 0.01 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * const updates = optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }).apply(gradients(loss, [w]), [w])
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, momentum, nesterov, name = 'sgd' } = complete('sgd', options, SGD, OPTIMIZER)
  if (nesterov && !momentum) throw new RangeError(`${name}: nesterov needs a momentum greater than 0`)
  const kernel = nesterov ? sgd_nesterov_f32 : momentum ? sgd_momentum_f32 : sgd_f32
  const slots: Slot[] = momentum ? ['momentum'] : []
  const cost = nesterov ? 6 : momentum ? 4 : 2
  return optimizer(name, learningRate, 1, { kernel, slots, rates: [LEARNING_RATE], p: momentum, q: 0, epsilon: 0, cost })
}

const RMSPROP = {
  /** ρ, 0 or more and less than 1. Default 0.9. */
  rho: option(fractionBelowOne, 0.9),
  /** μ, 0 or more and less than 1. Default 0: no momentum. */
  momentum: option(fractionBelowOne, 0),
  /** ε. Default 1e-7. */
  epsilon: option(notNegative, 1e-7),
}
export type RmspropOptions = Given<typeof RMSPROP> & OptimizerOptions

/**
 * RMSProp: v = ρ·v + (1 − ρ)·g², d = η·g / √(v + ε), x −= d; with momentum μ: m = μ·m + d, x −= m.
 * ε stands under the root, as in Keras 3.
 * @param options.learningRate η, 0.001 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * optimizers.rmsprop({ learningRate: 5e-5 })
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate = 0.001, rho, momentum, epsilon, name = 'rmsprop' } = complete('rmsprop', options, RMSPROP, OPTIMIZER)
  const kernel = momentum ? rmsprop_momentum_f32 : rmsprop_f32
  const slots: Slot[] = momentum ? ['momentum', 'velocity'] : ['velocity']
  const constants = { p: momentum, q: 1 - rho, epsilon, cost: momentum ? 10 : 8 }
  return optimizer(name, learningRate, 1, { kernel, slots, rates: [LEARNING_RATE], ...constants })
}

const ADAM = {
  /** β₁, 0 or more and less than 1. Default 0.9. */
  beta1: option(fractionBelowOne, 0.9),
  /** β₂, 0 or more and less than 1. Default 0.999. */
  beta2: option(fractionBelowOne, 0.999),
  /** ε. Default 1e-8. */
  epsilon: option(notNegative, 1e-8),
  /** TensorFlow 1's form, where ε is added before v is corrected: x −= η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε). Default false. */
  epsilonHat: option(flag, false),
}
export type AdamOptions = OptimizerOptions & Given<typeof ADAM>

const ADAM_W = {
  /** λ. Default 0.004. */
  weightDecay: option(notNegative, 0.004),
}
export type AdamWOptions = AdamOptions & Given<typeof ADAM_W>

/**
 * Adam (Kingma and Ba 2015): m = β₁·m + (1 − β₁)·g, v = β₂·v + (1 − β₂)·g², x −= η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε),
 * as in PyTorch and Keras. The corrections are computed in doubles. Its state: learning rate, t, three scalars of the step.
 * @param options.learningRate η, 0.001 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * const optimizer = optimizers.adam({ learningRate: 1e-3 })
 */
export const adam = (options: AdamOptions = {}): Optimizer =>
  adamLike('adam', { ...complete('adam', options, OPTIMIZER, ADAM), weightDecay: 0 })

/**
 * AdamW (Loshchilov and Hutter 2019): Adam, and x −= η·λ·x besides (the old x), λ = `weightDecay`.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * optimizers.adamW({ learningRate: 1e-3, weightDecay: 0.01 })
 */
export const adamW = (options: AdamWOptions = {}): Optimizer =>
  adamLike('adamW', complete('adamW', options, OPTIMIZER, ADAM, ADAM_W))

/** The places of the step and of the decay in Adam's state. */
const ADAM_RATES = [2, 4]

function adamLike(kind: string, options: Complete<typeof OPTIMIZER & typeof ADAM & typeof ADAM_W>): Optimizer {
  const { name = kind, learningRate = 0.001, beta1, beta2, epsilon, epsilonHat, weightDecay } = options
  const slots: Slot[] = ['momentum', 'velocity']
  const attrs: UpdateAttrs = { kernel: adam_f32, slots, rates: ADAM_RATES, p: 1 - beta1, q: 1 - beta2, epsilon, cost: 15 }
  const step = (state: Variable) => apply(adamStepOp, [state], { epsilonHat, beta1, beta2, weightDecay })
  return optimizer(name, learningRate, 5, attrs, step)
}
