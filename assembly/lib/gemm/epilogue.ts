// Activations applied to a product's result. The numbers are those of the host's list in src/ops/gemm.ts.
import { leakyRelu, relu } from '../activation'

export const RELU = 1
export const LEAKY_RELU = 2

export function finish(v: v128, activation: i32, alpha: f32): v128 {
  switch (activation) {
    case RELU: return relu(v)
    case LEAKY_RELU: return leakyRelu(v, f32x4.splat(alpha))
    default: return v
  }
}
