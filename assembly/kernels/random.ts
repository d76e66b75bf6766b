// Random tensors from Philox words. Each element's value is a fixed function of its block's words.
import { register } from '../lib/kernel'
import { log_f32x4 } from '../lib/math/log'
import { splat, step } from '../lib/math/poly'
import { cosine, sine } from '../lib/math/sincos'
import { eachBlock, RandomArgs, storeBlocks } from '../lib/philox'

/** The top 24 bits as a float in [0, 1). */
// @ts-ignore: decorator
@inline
function unit(w: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(w, 8)), splat(5.9604644775390625e-8))
}

@unmanaged class Bits extends RandomArgs {
  /** the number of the first block */
  block: i32
  @inline f(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, n: i32): void { storeBlocks(this.y, y, w0, w1, w2, w3, n) }
}
/** The words themselves. */
export function random_bits(args: usize, part: i32, parts: i32): void {
  eachBlock<Bits>(args, changetype<Bits>(args).block, part, parts)
}
register<Bits>(random_bits)

/** Words of the kernels whose values have two parameters. */
@unmanaged class Draw extends RandomArgs {
  p: f32
  q: f32
}

@unmanaged class Uniform extends Draw {
  @inline of(w: v128): v128 { return f32x4.add(splat(this.p), f32x4.mul(unit(w), splat(this.q))) }
  @inline f(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, n: i32): void {
    storeBlocks(this.y, y, this.of(w0), this.of(w1), this.of(w2), this.of(w3), n)
  }
}
/** p + q·u, u uniform in [0, 1) */
export function random_uniform_f32(args: usize, part: i32, parts: i32): void { eachBlock<Uniform>(args, 0, part, parts) }
register<Uniform>(random_uniform_f32)

@unmanaged class Bernoulli extends Draw {
  @inline of(w: v128): v128 { return v128.and(f32x4.lt(unit(w), splat(this.p)), splat(this.q)) }
  @inline f(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, n: i32): void {
    storeBlocks(this.y, y, this.of(w0), this.of(w1), this.of(w2), this.of(w3), n)
  }
}
/** q with probability p, otherwise 0 */
export function bernoulli_f32(args: usize, part: i32, parts: i32): void { eachBlock<Bernoulli>(args, 0, part, parts) }
register<Bernoulli>(bernoulli_f32)

/** √(−2·ln u), u = (w' + ½)·2^-31 with the top 31 bits w', so at most 6.66, with the sign of the top bit of `s`. */
// @ts-ignore: decorator
@inline
function radius(w: v128, s: v128): v128 {
  const u = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(w, 1)), splat(0.5)), splat(4.656612873077393e-10))
  // u ≤ 1, so the logarithm is 0 or negative. A call: inlined, the registers run out and a draw takes 7.0 ns, not 5.9.
  const r = f32x4.sqrt(f32x4.abs(f32x4.mul(log_f32x4(u), splat(2))))
  return v128.xor(r, v128.and(s, i32x4.splat(i32.MIN_VALUE)))
}

/** −π/4 ≤ θ < π/4 from the low 30 bits. */
// @ts-ignore: decorator
@inline
function angle(w: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(w, 2)), splat(3.6572952e-10))
}

/**
 * Box and Muller's transform (1958): words 0, 1 of a block give elements 0, 1, words 2, 3 give 2, 3. Of the angle's word,
 * 30 bits choose a direction within a quarter, one swaps the axes, one turns it round: together the whole circle.
 */
@unmanaged class Normal extends Draw {
  @inline of(r: v128, x: v128): v128 { return f32x4.add(splat(this.p), f32x4.mul(f32x4.mul(r, x), splat(this.q))) }
  @inline f(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, n: i32): void {
    const ra = radius(w0, w1)
    const rb = radius(w2, w3)
    const ta = angle(w1)
    const tb = angle(w3)
    const za = f32x4.mul(ta, ta)
    const zb = f32x4.mul(tb, tb)
    const sa = sine(ta, za)
    const sb = sine(tb, zb)
    const ca = cosine(za)
    const cb = cosine(zb)
    const oa = i32x4.shr_s(i32x4.shl(w1, 1), 31)
    const ob = i32x4.shr_s(i32x4.shl(w3, 1), 31)
    storeBlocks(
      this.y, y,
      this.of(ra, v128.bitselect(sa, ca, oa)), this.of(ra, v128.bitselect(ca, sa, oa)),
      this.of(rb, v128.bitselect(sb, cb, ob)), this.of(rb, v128.bitselect(cb, sb, ob)),
      n,
    )
  }
}
/** p + q·z, z standard normal */
export function random_normal_f32(args: usize, part: i32, parts: i32): void { eachBlock<Normal>(args, 0, part, parts) }
register<Normal>(random_normal_f32)

/**
 * √2·erfinv(x), x uniform in ±erf(√2): a normal within ±2 and no redraws. erfinv is Giles's ("Approximating the erfinv
 * function", GPU Computing Gems 2, 2011; single precision, its central branch w < 5 is all that is reached: w ≤ 2.4).
 */
@unmanaged class Truncated extends Draw {
  of(w: v128): v128 {
    // (w + ½)·2^-31·erf(√2): symmetric about 0.
    const x = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(w), splat(0.5)), splat(4.44473576e-10))
    const t = f32x4.mul(f32x4.sub(splat(1), x), f32x4.add(splat(1), x))
    const v = f32x4.sub(splat(-2.5), log_f32x4(t))
    let e = step(splat(2.81022636e-8), v, 3.43273939e-7)
    e = step(e, v, -3.5233877e-6)
    e = step(e, v, -4.39150654e-6)
    e = step(e, v, 0.00021858087)
    e = step(e, v, -0.00125372503)
    e = step(e, v, -0.00417768164)
    e = step(e, v, 0.246640727)
    e = step(e, v, 1.50140941)
    const z = f32x4.mul(f32x4.mul(e, x), splat(1.41421356))
    return f32x4.add(splat(this.p), f32x4.mul(f32x4.max(f32x4.min(z, splat(2)), splat(-2)), splat(this.q)))
  }
  @inline f(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, n: i32): void {
    storeBlocks(this.y, y, this.of(w0), this.of(w1), this.of(w2), this.of(w3), n)
  }
}
/** p + q·z, z standard normal given |z| ≤ 2 */
export function truncated_normal_f32(args: usize, part: i32, parts: i32): void {
  eachBlock<Truncated>(args, 0, part, parts)
}
register<Truncated>(truncated_normal_f32)
