// Test entry, compiled by math.test.ts: each function of assembly/lib/math over `n` floats, n a multiple of 4.
import { erf_f32x4 } from '../../assembly/lib/math/erf'
import { exp_f32x4, expm1_f32x4 } from '../../assembly/lib/math/exp'
import { log1p_f32x4, log_f32x4 } from '../../assembly/lib/math/log'
import { cos_f32x4, sin_f32x4 } from '../../assembly/lib/math/sincos'
import { softplus_f32x4 } from '../../assembly/lib/math/softplus'
import { sigmoid_f32x4, tanh_f32x4 } from '../../assembly/lib/math/tanh'
export { powi } from '../../assembly/lib/math/f64'

// @ts-ignore: decorator
@inline
function map(x: usize, y: usize, n: i32, f: (v: v128) => v128): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) v128.store(y + i, f(v128.load(x + i)))
}

export function map_exp(x: usize, y: usize, n: i32): void { map(x, y, n, exp_f32x4) }
export function map_expm1(x: usize, y: usize, n: i32): void { map(x, y, n, expm1_f32x4) }
export function map_log(x: usize, y: usize, n: i32): void { map(x, y, n, log_f32x4) }
export function map_log1p(x: usize, y: usize, n: i32): void { map(x, y, n, log1p_f32x4) }
export function map_tanh(x: usize, y: usize, n: i32): void { map(x, y, n, tanh_f32x4) }
export function map_sigmoid(x: usize, y: usize, n: i32): void { map(x, y, n, sigmoid_f32x4) }
export function map_softplus(x: usize, y: usize, n: i32): void { map(x, y, n, softplus_f32x4) }
export function map_sin(x: usize, y: usize, n: i32): void { map(x, y, n, sin_f32x4) }
export function map_cos(x: usize, y: usize, n: i32): void { map(x, y, n, cos_f32x4) }
export function map_erf(x: usize, y: usize, n: i32): void { map(x, y, n, erf_f32x4) }
