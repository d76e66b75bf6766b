// Filling, copying, moving averages.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'

@unmanaged
class FillArgs {
  y: Address
  n: i32
  value: f32
}

/** y[i] = value */
export function fill_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<FillArgs>(args)
  let p = a.y + (<usize>partStart(a.n, 16, part, parts) << 2)
  const end = a.y + (<usize>partStart(a.n, 16, part + 1, parts) << 2)
  const v = f32x4.splat(a.value)
  for (; p + 16 <= end; p += 16) v128.store(p, v)
  for (; p < end; p += 4) store<f32>(p, a.value)
}
register<FillArgs>(fill_f32)

@unmanaged
class CopyArgs {
  x: Address
  y: Address
  n: i32
}

/** y[i] = x[i] */
export function copy_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<CopyArgs>(args)
  const from = <usize>partStart(a.n, 16, part, parts) << 2
  const to = <usize>partStart(a.n, 16, part + 1, parts) << 2
  memory.copy(a.y + from, a.x + from, to - from)
}
register<CopyArgs>(copy_f32)

@unmanaged
class AverageArgs {
  x: Address
  y: Address
  n: i32
  fraction: f32
}

/** y[i] += fraction · (x[i] − y[i]) */
export function moving_average_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<AverageArgs>(args)
  const to = partStart(a.n, 16, part + 1, parts)
  for (let i = partStart(a.n, 16, part, parts); i < to; i++) {
    const y = a.y + (<usize>i << 2)
    const v = load<f32>(y)
    store<f32>(y, v + a.fraction * (load<f32>(a.x + (<usize>i << 2)) - v))
  }
}
register<AverageArgs>(moving_average_f32)
