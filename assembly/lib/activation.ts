// The activations on four lanes, shared by the elementwise kernels and the epilogue of matrix products.

/** max(x, 0); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0))
}
