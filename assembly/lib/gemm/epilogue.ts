// Activations applied to a product's result. The numbers are those of the host's list in src/ops/gemm.ts.
import { relu } from '../activation'

export function finish(v: v128, activation: i32, _alpha: f32): v128 {
  switch (activation) {
    case 1: return relu(v)
    default: return v
  }
}
