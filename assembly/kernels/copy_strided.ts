// Copies a block of up to six dimensions between two tensors, each with strides of its own: transposes, slices,
// concatenations and paddings are all this one loop.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'

/** Floats from which on a run is copied by memory.copy. */
const LONG = 32

/** The dimensions, and each side's strides in floats; the last dimension is the innermost. */
@unmanaged
class CopyStridedArgs {
  x: Address
  y: Address
  dimensions0: i32
  dimensions1: i32
  dimensions2: i32
  dimensions3: i32
  dimensions4: i32
  dimensions5: i32
  stridesX0: i32
  stridesX1: i32
  stridesX2: i32
  stridesX3: i32
  stridesX4: i32
  stridesX5: i32
  stridesY0: i32
  stridesY1: i32
  stridesY2: i32
  stridesY3: i32
  stridesY4: i32
  stridesY5: i32
}
/** Where, after a dimension, the strides of x and y along it are. */
const X: usize = 24
const Y: usize = 48

/** y[index · y strides] = x[index · x strides]. Threads divide the rows; a single row is cut into pieces. */
export function copy_strided_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<CopyStridedArgs>(args)
  const inner = args + offsetof<CopyStridedArgs>('dimensions5')
  const xInner = load<i32>(inner, X)
  const yInner = load<i32>(inner, Y)
  const rows = a.dimensions0 * a.dimensions1 * a.dimensions2 * a.dimensions3 * a.dimensions4
  const single = rows == 1
  const lo = single ? partStart(a.dimensions5, 16, part, parts) : 0
  const hi = single ? partStart(a.dimensions5, 16, part + 1, parts) : a.dimensions5
  const end = single ? 1 : partStart(rows, 1, part + 1, parts)
  const xStep = <usize>xInner << 2
  const yStep = <usize>yInner << 2
  const dense = xInner == 1 && yInner == 1 && hi - lo >= LONG
  for (let r = single ? 0 : partStart(rows, 1, part, parts); r < end; r++) {
    let xAt = lo * xInner
    let yAt = lo * yInner
    // The row's index along each dimension, from the last but one outwards.
    for (let rest = r, d = inner - 4; rest; d -= 4) {
      const size = load<i32>(d)
      const outer = rest / size
      const i = rest - outer * size
      xAt += i * load<i32>(d, X)
      yAt += i * load<i32>(d, Y)
      rest = outer
    }
    let x = a.x + (<usize>xAt << 2)
    let y = a.y + (<usize>yAt << 2)
    if (dense) memory.copy(y, x, <usize>(hi - lo) << 2)
    else for (let i = lo; i < hi; i++, x += xStep, y += yStep) store<f32>(y, load<f32>(x))
  }
}
register<CopyStridedArgs>(copy_strided_f32)
