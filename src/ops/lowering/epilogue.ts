// What a product or convolution does to its result while that is in registers: a bias for the last axis, then an activation.

/** What a fused op does to its result before storing it. */
export interface Epilogue {
  readonly bias: boolean
  readonly activation: string
  /** The slope of leakyReLU. */
  readonly alpha: number
}
/** In the order of their numbers in assembly/lib/gemm/epilogue.ts. */
export const ACTIVATIONS: readonly string[] = ['linear', 'relu', 'leakyReLU']

export const PLAIN: Epilogue = { bias: false, activation: 'linear', alpha: 0 }
