// Weights that the file holds as half floats or as bytes become floats, in place, when the module starts.
import { model, PackedWeights } from '../lib/standalone/data'

/** 2^112: the difference of the exponents' biases, so that subnormal halves come out right too. */
const HALF_SCALE: f32 = 5.192296858534828e33

// @ts-ignore: decorator
@inline
function ofHalf(half: u32): f32 {
  const size = reinterpret<f32>((half & 0x7fff) << 13) * HALF_SCALE
  return half & 0x8000 ? -size : size
}

/** What is read lies at the end of its place, so that number i is read before numbers up to it are written over it. */
export function widen(): void {
  for (let at = model().packed; load<usize>(at); at += offsetof<PackedWeights>()) {
    const p = changetype<PackedWeights>(at)
    const n = <usize>p.n
    if (p.scales) {
      const from = p.to + 3 * n
      for (let i: usize = 0; i < n; i++) {
        const channel = (i / <usize>p.inner) % <usize>p.channels
        store<f32>(p.to + (i << 2), load<f32>(p.scales + (channel << 2)) * <f32>load<i8>(from + i))
      }
    } else {
      const from = p.to + 2 * n
      for (let i: usize = 0; i < n; i++) store<f32>(p.to + (i << 2), ofHalf(load<u16>(from + (i << 1))))
    }
  }
}
