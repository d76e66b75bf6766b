// Optimizers. Each is one fused pass over a parameter, as an effect op of a stage; what it remembers are variables (role
// 'slot'), so they are saved with the weights. Nothing is computed here.
import { bits, type KernelCall } from '../graph/kernel_call.ts'
import { constant, type Variable, variable } from '../graph/leaves.ts'
import { apply, type Op, type Places, sameShape, shapeError, show, type Tensor } from '../graph/tensor.ts'
import { zeros } from '../ops/fill.ts'
import * as rules from '../options.ts'
import { checkOptions, fraction, notNegative } from '../options.ts'

/** A parameter and the gradient of the loss with respect to it. */
export interface GradientPair {
  readonly variable: Variable
  readonly gradient: Tensor
}

export interface Optimizer {
  readonly name: string
  /** Its scalars, kept with the weights; the first is the learning rate, which the host may write between runs. */
  readonly state: Variable
  /**
   * The effect ops of one step, in the order in which they must run. Asked again, it gives updates of the same slots.
   * @throws RangeError when a variable is given twice, or a gradient's shape is not its variable's
   */
  updates(pairs: readonly GradientPair[]): Tensor[]
}

/** The place of the learning rate in an optimizer's state. */
export const LEARNING_RATE = 0

/** How a kind of optimizer updates one parameter. `p`, `q`: the constants of its kernel (assembly/kernels/optimizers.ts). */
interface UpdateAttrs extends Record<string, unknown> {
  readonly kernel: string
  readonly slots: readonly Slot[]
  readonly p: number
  readonly q: number
  readonly epsilon: number
  readonly cost: number
}
type Slot = 'momentum' | 'velocity'

const updateOp: Op<UpdateAttrs> = {
  name: 'optimizer',
  shape([x, ...others]) {
    const dy = others.at(-1)!
    if (!sameShape(x!, dy)) throw shapeError('optimizer', `the gradient's shape ${show(dy)} is not the variable's ${show(x!)}`)
    return []
  },
  gradient: null,
  effect: true,
  calls({ inputs, attrs: { kernel, slots, p, q, epsilon } }, at) {
    const slot = (name: Slot) => (slots.includes(name) ? at.inputs[1 + slots.indexOf(name)]! : 0)
    const [state, g] = at.inputs.slice(1 + slots.length)
    const places = [at.inputs[0]!, slot('momentum'), slot('velocity'), state!, g!]
    return [[kernel, ...places, inputs[0]!.size, bits(p), bits(q), bits(epsilon)]]
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
  calls({ attrs: { epsilonHat, beta1, beta2, weightDecay } }, at: Places): KernelCall[] {
    return [['adam_step', at.inputs[0]!, epsilonHat ? 1 : 0, ...[beta1, beta2, weightDecay].flatMap(doubleWords)]]
  },
  flops: () => 0,
}

const double = new DataView(new ArrayBuffer(8))
function doubleWords(x: number): [low: number, high: number] {
  double.setFloat64(0, x, true)
  return [double.getInt32(0, true), double.getInt32(4, true)]
}

function optimizer(name: string, state: readonly number[], attrs: UpdateAttrs, step?: (state: Variable) => Tensor): Optimizer {
  const scalars = variable(`${name}/state`, [state.length], () => constant(state), 'slot')
  const known = new Map<Variable, Variable[]>()
  const slotsOf = (x: Variable): Variable[] => {
    const slots = known.get(x) ?? attrs.slots.map((slot) => variable(`${name}/${slot}/${x.attrs.name}`, x.shape, zeros, 'slot'))
    known.set(x, slots)
    return slots
  }
  return {
    name,
    state: scalars,
    updates(pairs) {
      const given = pairs.map((p) => p.variable)
      const twice = given.find((x, i) => given.indexOf(x) !== i)
      if (twice) {
        const mend = 'give it once, with the sum of its gradients'
        throw new RangeError(`${name}: the variable '${twice.attrs.name}' is given twice; ${mend}`)
      }
      const each = pairs.map(({ variable: x, gradient }) => apply(updateOp, [x, ...slotsOf(x), scalars, gradient], attrs))
      return step ? [step(scalars), ...each] : each
    },
  }
}

const NAME = { name: rules.name }

export interface OptimizerOptions {
  /** 0 or more; the host may change it between runs. */
  readonly learningRate?: number
  /** The prefix of its slots' names: two optimizers of one model need two. The optimizer's own name by default. */
  readonly name?: string
}

export interface SgdOptions extends OptimizerOptions {
  /** μ, 0 or more and less than 1. Default 0: no momentum. */
  readonly momentum?: number
  readonly nesterov?: boolean
}

/**
 * Gradient descent: x −= η·g. With momentum μ: m = μ·m − η·g, x += m; Nesterov's: x += μ·m − η·g (the new m).
 * @param options.learningRate η, 0.01 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions('sgd', options, { learningRate: notNegative, momentum: fraction, nesterov: rules.flag, ...NAME })
  const { learningRate = 0.01, momentum = 0, nesterov = false, name = 'sgd' } = options
  if (nesterov && !momentum) throw new RangeError(`${name}: nesterov needs a momentum greater than 0`)
  const kernel = nesterov ? 'sgd_nesterov_f32' : momentum ? 'sgd_momentum_f32' : 'sgd_f32'
  const slots: Slot[] = momentum ? ['momentum'] : []
  return optimizer(name, [learningRate], { kernel, slots, p: momentum, q: 0, epsilon: 0, cost: nesterov ? 6 : momentum ? 4 : 2 })
}

export interface RmspropOptions extends OptimizerOptions {
  /** ρ, 0 or more and less than 1. Default 0.9. */
  readonly rho?: number
  /** μ, 0 or more and less than 1. Default 0: no momentum. */
  readonly momentum?: number
  /** ε. Default 1e-7. */
  readonly epsilon?: number
}

/**
 * RMSProp: v = ρ·v + (1 − ρ)·g², d = η·g / √(v + ε), x −= d; with momentum μ: m = μ·m + d, x −= m.
 * ε stands under the root, as in Keras 3.
 * @param options.learningRate η, 0.001 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const known = { learningRate: notNegative, rho: fraction, momentum: fraction, epsilon: notNegative, ...NAME }
  checkOptions('rmsprop', options, known)
  const { learningRate = 0.001, rho = 0.9, momentum = 0, epsilon = 1e-7, name = 'rmsprop' } = options
  const kernel = momentum ? 'rmsprop_momentum_f32' : 'rmsprop_f32'
  const slots: Slot[] = momentum ? ['momentum', 'velocity'] : ['velocity']
  return optimizer(name, [learningRate], { kernel, slots, p: momentum, q: 1 - rho, epsilon, cost: momentum ? 10 : 8 })
}

export interface AdamOptions extends OptimizerOptions {
  /** β₁, 0 or more and less than 1. Default 0.9. */
  readonly beta1?: number
  /** β₂, 0 or more and less than 1. Default 0.999. */
  readonly beta2?: number
  /** ε. Default 1e-8. */
  readonly epsilon?: number
  /** TensorFlow 1's form, where ε is added before v is corrected: x −= η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε). */
  readonly epsilonHat?: boolean
}
export interface AdamWOptions extends AdamOptions {
  /** λ. Default 0.004. */
  readonly weightDecay?: number
}
const ADAM = {
  learningRate: notNegative, beta1: fraction, beta2: fraction, epsilon: notNegative, epsilonHat: rules.flag, ...NAME,
}

/**
 * Adam (Kingma and Ba 2015): m = β₁·m + (1 − β₁)·g, v = β₂·v + (1 − β₂)·g², x −= η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε),
 * as in PyTorch and Keras. The corrections are computed in doubles. Its state: learning rate, t, three scalars of the step.
 * @param options.learningRate η, 0.001 by default
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('adam', options, ADAM)
  return adamLike({ ...options, name: options.name ?? 'adam' }, 0)
}

/**
 * AdamW (Loshchilov and Hutter 2019): Adam, and x −= η·λ·x besides (the old x), λ = `weightDecay`.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  checkOptions('adamW', options, { ...ADAM, weightDecay: notNegative })
  const { weightDecay = 0.004, ...others } = options
  return adamLike({ ...others, name: options.name ?? 'adamW' }, weightDecay)
}

function adamLike(options: AdamOptions & { name: string }, weightDecay: number): Optimizer {
  const { name, learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, epsilonHat = false } = options
  const slots: Slot[] = ['momentum', 'velocity']
  const attrs: UpdateAttrs = { kernel: 'adam_f32', slots, p: 1 - beta1, q: 1 - beta2, epsilon, cost: 15 }
  const step = (state: Variable) => apply(adamStepOp, [state], { epsilonHat, beta1, beta2, weightDecay })
  return optimizer(name, [learningRate, 0, 0, 0, 0], attrs, step)
}
