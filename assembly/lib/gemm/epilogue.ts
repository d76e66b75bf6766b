// Activations applied to a product's result. The numbers are those of the host's list in src/ops/gemm.ts.
import { leakyRelu, relu } from '../activation'

export function finish(v: v128, activation: i32, alpha: f32): v128 {
  switch (activation) {
    case 1: return relu(v)
    case 2: return leakyRelu(v, f32x4.splat(alpha))
    default: return v
  }
}
