// Activations applied to a product's result.
import { leakyRelu, relu } from '../activation'

/** What is applied to a product's result after its bias. @host */
export enum Activation { LINEAR, RELU, LEAKY_RELU }

export function finish(v: v128, activation: i32, alpha: f32): v128 {
  switch (activation) {
    case Activation.RELU: return relu(v)
    case Activation.LEAKY_RELU: return leakyRelu(v, f32x4.splat(alpha))
    default: return v
  }
}
