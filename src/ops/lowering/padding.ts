// The arithmetic of windows that slide over an axis: output size and padding, with TensorFlow's meaning of both words.

/** `'same'`: ⌈in / stride⌉ windows, padded evenly, the smaller half first. `'valid'`: only windows that fit. */
export type Padding = 'same' | 'valid'

/** One axis of a sliding window: its number of positions and the padding at either end. */
export interface Pads {
  readonly out: number
  readonly before: number
  readonly after: number
}

/**
 * The positions of a window of `k` elements, `dilationRate` apart, moved by `stride` over `inSize` elements.
 * same: out = ⌈in / stride⌉, total padding max((out − 1)·stride + k′ − in, 0), k′ = (k − 1)·dilationRate + 1;
 * valid: out = ⌊(in − k′) / stride⌋ + 1, no padding; `out` is below 1 where the window does not fit.
 */
export function pads(inSize: number, k: number, stride: number, padding: Padding, dilationRate = 1): Pads {
  const extent = (k - 1) * dilationRate + 1
  if (padding === 'valid') return { out: Math.floor((inSize - extent) / stride) + 1, before: 0, after: 0 }
  const out = Math.ceil(inSize / stride)
  const total = Math.max((out - 1) * stride + extent - inSize, 0)
  const before = Math.floor(total / 2)
  return { out, before, after: total - before }
}

/** One number for both axes, or one each: [height, width]. */
export const pair = (x: number | readonly [number, number]): [number, number] => (typeof x === 'number' ? [x, x] : [x[0], x[1]])
