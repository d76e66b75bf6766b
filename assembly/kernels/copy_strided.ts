// Copies a block of up to six dimensions between two tensors, each with strides of its own: transposes, slices,
// concatenations and paddings are all this one loop.
import { register, shareStart } from '../lib/kernel'

/** Floats from which on a run is copied by memory.copy. */
const LONG = 32

/** Words; strides are in floats, the last dimension is the innermost. */
@unmanaged
class CopyStridedArgs {
  x: usize
  y: usize
  d0: i32
  d1: i32
  d2: i32
  d3: i32
  d4: i32
  d5: i32
  x0: i32
  x1: i32
  x2: i32
  x3: i32
  x4: i32
  x5: i32
  y0: i32
  y1: i32
  y2: i32
  y3: i32
  y4: i32
  y5: i32
}

/** y[index · y strides] = x[index · x strides]. Threads share the rows; a single row is cut into pieces. */
export function copy_strided_f32(args: usize, thread: i32, threads: i32): void {
  const a = changetype<CopyStridedArgs>(args)
  const rows = a.d0 * a.d1 * a.d2 * a.d3 * a.d4
  const single = rows == 1
  const lo = single ? shareStart(a.d5, 16, thread, threads) : 0
  const hi = single ? shareStart(a.d5, 16, thread + 1, threads) : a.d5
  const end = single ? 1 : shareStart(rows, 1, thread + 1, threads)
  const xStep = <usize>a.x5 << 2
  const yStep = <usize>a.y5 << 2
  const dense = a.x5 == 1 && a.y5 == 1 && hi - lo >= LONG
  for (let r = single ? 0 : shareStart(rows, 1, thread, threads); r < end; r++) {
    const i4 = r % a.d4
    const r3 = r / a.d4
    const i3 = r3 % a.d3
    const r2 = r3 / a.d3
    const i2 = r2 % a.d2
    const r1 = r2 / a.d2
    const i1 = r1 % a.d1
    const i0 = r1 / a.d1
    let x = a.x + (<usize>(i0 * a.x0 + i1 * a.x1 + i2 * a.x2 + i3 * a.x3 + i4 * a.x4 + lo * a.x5) << 2)
    let y = a.y + (<usize>(i0 * a.y0 + i1 * a.y1 + i2 * a.y2 + i3 * a.y3 + i4 * a.y4 + lo * a.y5) << 2)
    if (dense) memory.copy(y, x, <usize>(hi - lo) << 2)
    else for (let i = lo; i < hi; i++, x += xStep, y += yStep) store<f32>(y, load<f32>(x))
  }
}
register(copy_strided_f32)
