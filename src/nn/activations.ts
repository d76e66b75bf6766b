// Activations by their Keras names, for the `activation` option of layers.
import type { Tensor } from '../graph/tensor.ts'
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

/** The function behind `activation`. @throws RangeError that lists the names, where there is none of this name */
export function activationOf(activation: ActivationOption): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation
  if (!Object.hasOwn(ACTIVATIONS, activation)) {
    const names = Object.keys(ACTIVATIONS).join(', ')
    throw new RangeError(`activation '${activation}' is not known; use one of ${names}, or a function`)
  }
  return ACTIVATIONS[activation]
}
