// Optimizers: one pass over a parameter, its slots and its gradient, in place. Scalars that change with the step lie in
// the optimizer's state, a small variable: learning rate first, so that the host can change it between runs.
import { quads } from '../lib/elementwise'
import { register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { powi } from '../lib/math/f64'
import { loadUpTo4, madd, storeUpTo4 } from '../lib/simd'

/** Words of every optimizer: the parameter, two slots (0 where there are fewer), the state, the gradient. */
@unmanaged
class UpdateArgs {
  x: Address
  m: Address
  v: Address
  state: Address
  g: Address
  n: i32
  /** momentum, or 1 − β₁ */
  p: f32
  /** 1 − ρ, or 1 − β₂ */
  q: f32
  epsilon: f32
  @inline get rate(): v128 { return v128.load32_splat(this.state) }
}

/** T.f gets parameter, slots and gradient by address, and how many elements there are. */
// @ts-ignore: decorator
@inline
function update<T>(args: usize, part: i32, parts: i32): void {
  quads(changetype<T>(args), changetype<UpdateArgs>(args).n, part, parts)
}

@unmanaged class Sgd extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    storeUpTo4(this.x + i, f32x4.sub(loadUpTo4(this.x + i, n), f32x4.mul(this.rate, loadUpTo4(this.g + i, n))), n)
  }
}
/** x −= rate·g */
export function sgd_f32(args: usize, part: i32, parts: i32): void { update<Sgd>(args, part, parts) }
register<Sgd>(sgd_f32)

@unmanaged class Momentum extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    const m = f32x4.sub(f32x4.mul(loadUpTo4(this.m + i, n), f32x4.splat(this.p)), f32x4.mul(this.rate, loadUpTo4(this.g + i, n)))
    storeUpTo4(this.m + i, m, n)
    storeUpTo4(this.x + i, f32x4.add(loadUpTo4(this.x + i, n), m), n)
  }
}
/** m = p·m − rate·g; x += m */
export function sgd_momentum_f32(args: usize, part: i32, parts: i32): void { update<Momentum>(args, part, parts) }
register<Momentum>(sgd_momentum_f32)

@unmanaged class Nesterov extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    const p = f32x4.splat(this.p)
    const d = f32x4.mul(this.rate, loadUpTo4(this.g + i, n))
    const m = f32x4.sub(f32x4.mul(loadUpTo4(this.m + i, n), p), d)
    storeUpTo4(this.m + i, m, n)
    storeUpTo4(this.x + i, f32x4.add(loadUpTo4(this.x + i, n), f32x4.sub(f32x4.mul(m, p), d)), n)
  }
}
/** m = p·m − rate·g; x += p·m − rate·g */
export function sgd_nesterov_f32(args: usize, part: i32, parts: i32): void { update<Nesterov>(args, part, parts) }
register<Nesterov>(sgd_nesterov_f32)

// A running mean is written v + q·(new − v): 1 − q and q are never rounded apart, so its weights add up to 1.
// @ts-ignore: decorator
@inline
function rms(a: UpdateArgs, i: usize, n: i32): v128 {
  const g = loadUpTo4(a.g + i, n)
  let v = loadUpTo4(a.v + i, n)
  v = madd(f32x4.sub(f32x4.mul(g, g), v), f32x4.splat(a.q), v)
  storeUpTo4(a.v + i, v, n)
  return f32x4.div(f32x4.mul(a.rate, g), f32x4.sqrt(f32x4.add(v, f32x4.splat(a.epsilon))))
}

@unmanaged class RmsProp extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    storeUpTo4(this.x + i, f32x4.sub(loadUpTo4(this.x + i, n), rms(this, i, n)), n)
  }
}
/** v += q·(g² − v); x −= rate·g / √(v + ε) */
export function rmsprop_f32(args: usize, part: i32, parts: i32): void { update<RmsProp>(args, part, parts) }
register<RmsProp>(rmsprop_f32)

@unmanaged class RmsPropMomentum extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    const m = f32x4.add(f32x4.mul(loadUpTo4(this.m + i, n), f32x4.splat(this.p)), rms(this, i, n))
    storeUpTo4(this.m + i, m, n)
    storeUpTo4(this.x + i, f32x4.sub(loadUpTo4(this.x + i, n), m), n)
  }
}
/** v += q·(g² − v); m = p·m + rate·g / √(v + ε); x −= m */
export function rmsprop_momentum_f32(args: usize, part: i32, parts: i32): void {
  update<RmsPropMomentum>(args, part, parts)
}
register<RmsPropMomentum>(rmsprop_momentum_f32)

/** Adam's state: what the host sets (rate), what is counted (t), what follows from them for this step. */
@unmanaged
class AdamState {
  rate: f32
  t: f32
  step: f32
  correction: f32
  decay: f32
}

@unmanaged
class AdamStepArgs {
  state: Address
  epsilonHat: i32
  beta1: f64
  beta2: f64
  weightDecay: f64
}

/**
 * t + 1, and the scalars of the step, in doubles: step = rate/(1 − β₁ᵗ), correction = 1/√(1 − β₂ᵗ), decay = rate·λ.
 * With `epsilonHat` both corrections go into the step and ε is left as it is. t stops at 2^24, where βᵗ is long 0.
 */
export function adam_step(args: usize, part: i32, _parts: i32): void {
  if (part) return
  const a = changetype<AdamStepArgs>(args)
  const s = changetype<AdamState>(a.state)
  s.t += 1
  const t = <u32>s.t
  const step = <f64>s.rate / (1 - powi(a.beta1, t))
  const root = Math.sqrt(1 - powi(a.beta2, t))
  s.step = <f32>(a.epsilonHat ? step * root : step)
  s.correction = <f32>(a.epsilonHat ? 1 : 1 / root)
  s.decay = <f32>(<f64>s.rate * a.weightDecay)
}
register<AdamStepArgs>(adam_step)

@unmanaged class Adam extends UpdateArgs {
  @inline f(i: usize, n: i32): void {
    const s = changetype<AdamState>(this.state)
    const g = loadUpTo4(this.g + i, n)
    let m = loadUpTo4(this.m + i, n)
    let v = loadUpTo4(this.v + i, n)
    const x = loadUpTo4(this.x + i, n)
    m = madd(f32x4.sub(g, m), f32x4.splat(this.p), m)
    v = madd(f32x4.sub(f32x4.mul(g, g), v), f32x4.splat(this.q), v)
    storeUpTo4(this.m + i, m, n)
    storeUpTo4(this.v + i, v, n)
    const scale = madd(f32x4.sqrt(v), f32x4.splat(s.correction), f32x4.splat(this.epsilon))
    const d = f32x4.div(f32x4.mul(f32x4.splat(s.step), m), scale)
    storeUpTo4(this.x + i, f32x4.sub(x, madd(f32x4.splat(s.decay), x, d)), n)
  }
}
/** m += p·(g − m); v += q·(g² − v); x −= step·m / (correction·√v + ε) + decay·x */
export function adam_f32(args: usize, part: i32, parts: i32): void { update<Adam>(args, part, parts) }
register<Adam>(adam_f32)
