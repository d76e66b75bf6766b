// The windows that pooling and depthwise convolutions slide over images.
import type { Shape } from '../../graph/tensor.ts'
import { type Padding, pads } from '../../ops/lowering/padding.ts'

export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
}

/** The shape of what a window gives at each of its places, for images [n, h, w, c]. */
export function pooledShape([n, h, w, c]: Shape, { kernel, strides, padding }: Window): Shape {
  return [n!, pads(h!, kernel[0], strides[0], padding).out, pads(w!, kernel[1], strides[1], padding).out, c!]
}
