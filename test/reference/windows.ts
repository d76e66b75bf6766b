// Pooling and depthwise convolution in doubles: plain loops over every window.
import { pads } from '../../src/ops/lowering/padding.ts'
import { sizeOf, type Shape } from '../../src/graph/tensor.ts'
import { pooledShape, type Window } from '../../src/verify/cases/window.ts'
import { type Array64, build, get } from './arrays.ts'

/** The elements [iy, ix, ky, kx] of the window at (oy, ox) that lie in the image, in row-major order. */
function taps([, h, w]: Shape, { kernel: [kh, kw], strides: [sh, sw], padding }: Window, oy: number, ox: number): number[][] {
  const top = pads(h!, kh, sh, padding).before
  const left = pads(w!, kw, sw, padding).before
  const list: number[][] = []
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const iy = oy * sh + ky - top
      const ix = ox * sw + kx - left
      if (iy >= 0 && iy < h! && ix >= 0 && ix < w!) list.push([iy, ix, ky, kx])
    }
  }
  return list
}

/** g where x has the first maximum of each window. */
export function maxGather(x: Array64, g: Array64, window: Window): Array64 {
  return build(pooledShape(x.shape, window), ([n, oy, ox, c]) => {
    const at = (t: number[]) => [n!, t[0]!, t[1]!, c!]
    const best = taps(x.shape, window, oy!, ox!).reduce((a, b) => (get(x, at(b)) > get(x, at(a)) ? b : a))
    return get(g, at(best))
  })
}
export const maxPool = (x: Array64, window: Window): Array64 => maxGather(x, x, window)

export function avgPool(x: Array64, window: Window): Array64 {
  return build(pooledShape(x.shape, window), ([n, oy, ox, c]) => {
    const list = taps(x.shape, window, oy!, ox!)
    return list.reduce((s, t) => s + get(x, [n!, t[0]!, t[1]!, c!]), 0) / list.length
  })
}

export function depthwise(x: Array64, w: Array64, window: Window): Array64 {
  const m = w.shape[3]!
  const [n, oh, ow, c] = pooledShape(x.shape, window)
  return build([n!, oh!, ow!, c! * m], ([n, oy, ox, o]) => {
    const c = Math.floor(o! / m)
    const term = ([iy, ix, ky, kx]: number[]) => get(x, [n!, iy!, ix!, c]) * get(w, [ky!, kx!, c, o! % m])
    return taps(x.shape, window, oy!, ox!).reduce((s, tap) => s + term(tap), 0)
  })
}

/** The transpose of the linear map `f` from arrays of `shape`, at dy: x[i] = f(unit vector i) · dy. */
export function transposed(f: (x: Array64) => Array64, shape: Shape, dy: Array64): Array64 {
  const unit = { shape, data: new Float64Array(sizeOf(shape)) }
  const data = Float64Array.from(unit.data, (_, i) => {
    unit.data[i] = 1
    const y = f(unit).data
    unit.data[i] = 0
    return y.reduce((s, e, j) => s + e * dy.data[j]!, 0)
  })
  return { shape, data }
}
