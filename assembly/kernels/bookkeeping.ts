// The counters of steps and of places in the data; metrics, added up and checked. One thread does it.
import { register } from '../lib/kernel'
import { Address, EPOCH, POSITION } from '../lib/layout'

@unmanaged
class MetricArgs {
  x: Address
  /** f64 sum, f64 count */
  cell: Address
  control: Address
}

/** Adds the scalar x to its accumulator; asks the run to stop where it is NaN or infinite. */
export function metric_f32(args: usize, part: i32, _parts: i32): void {
  if (part) return
  const a = changetype<MetricArgs>(args)
  const x = load<f32>(a.x)
  if (!isFinite(x)) {
    store<i32>(a.control, 1)
    return
  }
  store<f64>(a.cell, load<f64>(a.cell) + <f64>x)
  store<f64>(a.cell, load<f64>(a.cell, 8) + 1, 8)
}
register<MetricArgs>(metric_f32)

@unmanaged
class AdvanceArgs {
  /** u32 step low, step high, position, epoch */
  counter: Address
  batch: u32
  /** samples in an epoch */
  count: u32
}

/** step + 1; position + batch, and on to the next epoch at the end of the data. */
export function advance(args: usize, part: i32, _parts: i32): void {
  if (part) return
  const a = changetype<AdvanceArgs>(args)
  store<u64>(a.counter, load<u64>(a.counter) + 1)
  if (!a.batch) return
  const position = load<u32>(a.counter, POSITION << 2) + a.batch
  const over = position >= a.count
  store<u32>(a.counter, over ? 0 : position, POSITION << 2)
  if (over) store<u32>(a.counter, load<u32>(a.counter, EPOCH << 2) + 1, EPOCH << 2)
}
register<AdvanceArgs>(advance)

@unmanaged
class StepArgs {
  /** u32 step low, step high */
  counter: Address
  y: Address
}

/** y = the number of steps done, rounded to f32: exact up to 2^24. */
export function step_f32(args: usize, part: i32, _parts: i32): void {
  if (part) return
  const a = changetype<StepArgs>(args)
  store<f32>(a.y, <f32>load<u64>(a.counter))
}
register<StepArgs>(step_f32)
