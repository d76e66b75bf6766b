// The yardstick: multiply–adds in registers alone, as many independent chains as hide the latency. What this engine can
// do on this machine; every kernel's speed is a share of it.
import { register } from '../lib/kernel'
import { madd } from '../lib/simd'

@unmanaged
class PeakArgs {
  y: usize
  rounds: i32
  a: f32
  b: f32
}

/** `rounds` rounds of 12 chains x := x·a + b; y gets a value that depends on all of them. One thread does it. */
export function peak_f32(args: usize, thread: i32, _threads: i32): void {
  if (thread) return
  const k = changetype<PeakArgs>(args)
  // Read from memory: V8 13 would make a constant anew at every use, three instructions each.
  const a = f32x4.splat(k.a)
  const b = f32x4.splat(k.b)
  let c0 = b
  let c1 = f32x4.add(c0, b)
  let c2 = f32x4.add(c1, b)
  let c3 = f32x4.add(c2, b)
  let c4 = f32x4.add(c3, b)
  let c5 = f32x4.add(c4, b)
  let c6 = f32x4.add(c5, b)
  let c7 = f32x4.add(c6, b)
  let c8 = f32x4.add(c7, b)
  let c9 = f32x4.add(c8, b)
  let c10 = f32x4.add(c9, b)
  let c11 = f32x4.add(c10, b)
  for (let i = k.rounds; i != 0; i--) {
    c0 = madd(c0, a, b)
    c1 = madd(c1, a, b)
    c2 = madd(c2, a, b)
    c3 = madd(c3, a, b)
    c4 = madd(c4, a, b)
    c5 = madd(c5, a, b)
    c6 = madd(c6, a, b)
    c7 = madd(c7, a, b)
    c8 = madd(c8, a, b)
    c9 = madd(c9, a, b)
    c10 = madd(c10, a, b)
    c11 = madd(c11, a, b)
  }
  const s0 = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3))
  const s1 = f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7))
  const s2 = f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11))
  v128.store(k.y, f32x4.add(f32x4.add(s0, s1), s2))
}
register(peak_f32)
