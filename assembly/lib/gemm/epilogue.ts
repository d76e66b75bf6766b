// Activations applied to a product's result. The numbers are those of the host's list in src/ops/gemm.ts.
import { elu, leakyRelu, relu, sigmoid, tanh } from '../activation'

export function finish(v: v128, activation: i32, alpha: f32): v128 {
  switch (activation) {
    case 1: return relu(v)
    case 2: return leakyRelu(v, f32x4.splat(alpha))
    case 3: return elu(v, f32x4.splat(alpha))
    case 4: return tanh(v)
    case 5: return sigmoid(v)
    default: return v
  }
}
