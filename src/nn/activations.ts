// Activations by their Keras names, for the `activation` option of layers.
import type { Tensor } from '../graph/tensor.ts'
import { isFunction, rule, type Rule } from '../options.ts'
import { elu, leakyReLU, relu, sigmoid, softplus, tanh } from '../ops/activation.ts'

const ACTIVATIONS = {
  linear: (x: Tensor) => x,
  relu,
  leakyReLU: (x: Tensor) => leakyReLU(x, 0.2),
  elu: (x: Tensor) => elu(x, 1),
  tanh,
  sigmoid,
  softplus,
} as const

export type ActivationName = keyof typeof ACTIVATIONS
/** The name of an activation, or a function of a tensor. */
export type ActivationOption = ActivationName | ((x: Tensor) => Tensor)

const isActivation = (x: unknown): x is ActivationOption => typeof x === 'string' || isFunction(x)
export const activation: Rule<ActivationOption> = /* @__PURE__ */ rule(
  'linear, relu, leakyReLU, elu, tanh, sigmoid, softplus or a function', isActivation,
  (x) => isFunction(x) || Object.hasOwn(ACTIVATIONS, x))

/** The function behind what `activation` allows. */
export const activationOf = (given: ActivationOption): ((x: Tensor) => Tensor) =>
  (typeof given === 'function' ? given : ACTIVATIONS[given])
