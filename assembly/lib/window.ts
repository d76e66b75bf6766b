// Windows sliding over NHWC images: their geometry as kernels get it.
import { Address } from './layout'

/** Words of a kernel over windows: x [n, h, w, c] and y [n, oh, ow, …]; `a`, `b`, `to` are what it reads and writes. */
@unmanaged
export class WindowArgs {
  a: Address
  b: Address
  to: Address
  n: i32
  h: i32
  w: i32
  c: i32
  oh: i32
  ow: i32
  kh: i32
  kw: i32
  sh: i32
  sw: i32
  top: i32
  left: i32
  /** channel multiplier of depthwise convolutions */
  m: i32
}

/** The first element of the window at position `o` that lies in the image. */
// @ts-ignore: decorator
@inline
export function firstTap(o: i32, stride: i32, before: i32): i32 {
  return max(o * stride - before, 0)
}

/** One past the last element of the window at position `o` that lies in the image. */
// @ts-ignore: decorator
@inline
export function endTap(o: i32, stride: i32, before: i32, k: i32, size: i32): i32 {
  return min(o * stride - before + k, size)
}

/** The first window position that covers the element `i`. */
// @ts-ignore: decorator
@inline
export function firstWindow(i: i32, stride: i32, before: i32, k: i32): i32 {
  const reach = i + before - k + stride
  return reach > 0 ? reach / stride : 0
}

/** One past the last window position that covers the element `i`. */
// @ts-ignore: decorator
@inline
export function endWindow(i: i32, stride: i32, before: i32, out: i32): i32 {
  return min((i + before) / stride + 1, out)
}
