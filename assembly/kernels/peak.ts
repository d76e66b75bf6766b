// The yardstick: multiply–adds in registers alone, as many independent chains as hide the latency. What this engine can
// do on this machine; every kernel's speed is a fraction of it.
import { register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { madd } from '../lib/simd'

@unmanaged
class PeakArgs {
  y: Address
  rounds: i32
  a: f32
  b: f32
  /** where the chains start */
  start0: f32
  start1: f32
  start2: f32
  start3: f32
  start4: f32
  start5: f32
  start6: f32
  start7: f32
}

/**
 * `rounds` rounds of 12 chains x := x·a + b, a vector each; y gets a value that depends on all of them. One thread does it.
 * In the wide build a chain is two vectors side by side, and rounds are half as many.
 */
export function peak_f32(args: usize, part: i32, _parts: i32): void {
  if (part) return
  if (WIDE) pairs(args)
  else vectors(args)
}
register<PeakArgs>(peak_f32)

// What is used in a loop is read from memory: V8 13 would make a constant anew at every use, three instructions each.

function vectors(args: usize): void {
  const a = v128.load32_splat(args, offsetof<PeakArgs>('a'))
  const b = v128.load32_splat(args, offsetof<PeakArgs>('b'))
  let c0 = v128.load(args, offsetof<PeakArgs>('start0'))
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
  for (let i = changetype<PeakArgs>(args).rounds; i != 0; i--) {
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
  v128.store(changetype<PeakArgs>(args).y, sum4(sum4(c0, c1, c2, c3), sum4(c4, c5, c6, c7), c8, sum4(c9, c10, c11, c0)))
}

function pairs(args: usize): void {
  const a = v128.load32_splat(args, offsetof<PeakArgs>('a'))
  const b = v128.load32_splat(args, offsetof<PeakArgs>('b'))
  let c0 = v128.load(args, offsetof<PeakArgs>('start0'))
  let d0 = v128.load(args, offsetof<PeakArgs>('start4'))
  let c1 = f32x4.add(c0, b)
  let d1 = f32x4.add(d0, b)
  let c2 = f32x4.add(c1, b)
  let d2 = f32x4.add(d1, b)
  let c3 = f32x4.add(c2, b)
  let d3 = f32x4.add(d2, b)
  let c4 = f32x4.add(c3, b)
  let d4 = f32x4.add(d3, b)
  let c5 = f32x4.add(c4, b)
  let d5 = f32x4.add(d4, b)
  let c6 = f32x4.add(c5, b)
  let d6 = f32x4.add(d5, b)
  let c7 = f32x4.add(c6, b)
  let d7 = f32x4.add(d6, b)
  let c8 = f32x4.add(c7, b)
  let d8 = f32x4.add(d7, b)
  let c9 = f32x4.add(c8, b)
  let d9 = f32x4.add(d8, b)
  let c10 = f32x4.add(c9, b)
  let d10 = f32x4.add(d9, b)
  let c11 = f32x4.add(c10, b)
  let d11 = f32x4.add(d10, b)
  for (let i = changetype<PeakArgs>(args).rounds >> 1; i != 0; i--) {
    c0 = madd(c0, a, b)
    d0 = madd(d0, a, b)
    c1 = madd(c1, a, b)
    d1 = madd(d1, a, b)
    c2 = madd(c2, a, b)
    d2 = madd(d2, a, b)
    c3 = madd(c3, a, b)
    d3 = madd(d3, a, b)
    c4 = madd(c4, a, b)
    d4 = madd(d4, a, b)
    c5 = madd(c5, a, b)
    d5 = madd(d5, a, b)
    c6 = madd(c6, a, b)
    d6 = madd(d6, a, b)
    c7 = madd(c7, a, b)
    d7 = madd(d7, a, b)
    c8 = madd(c8, a, b)
    d8 = madd(d8, a, b)
    c9 = madd(c9, a, b)
    d9 = madd(d9, a, b)
    c10 = madd(c10, a, b)
    d10 = madd(d10, a, b)
    c11 = madd(c11, a, b)
    d11 = madd(d11, a, b)
  }
  const y = changetype<PeakArgs>(args).y
  v128.store(y, sum4(sum4(c0, c1, c2, c3), sum4(c4, c5, c6, c7), c8, sum4(c9, c10, c11, c0)))
  v128.store(y, sum4(sum4(d0, d1, d2, d3), sum4(d4, d5, d6, d7), d8, sum4(d9, d10, d11, d0)), 16)
}

// @ts-ignore: decorator
@inline
function sum4(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  return f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3))
}
