// Convolution in doubles, by its definition; its gradients by scattering the same products.
import { pads } from '../../src/ops/lowering/padding.ts'
import type { Shape } from '../../src/graph/tensor.ts'
import type { ConvSpec } from '../../src/verify/cases/conv2d.ts'
import { type Array64, build, get } from './arrays.ts'

/** Calls `visit` with the indices of x, w and y of every product in the convolution. */
function products(
  x: Shape, w: Shape, { strides, padding, dilationRate }: ConvSpec, visit: (x: number[], w: number[], y: number[]) => void,
): Shape {
  const [b, h, wd, c] = x as [number, number, number, number]
  const [kh, kw, , f] = w as [number, number, number, number]
  const v = pads(h, kh, strides[0], padding, dilationRate[0])
  const u = pads(wd, kw, strides[1], padding, dilationRate[1])
  for (let n = 0; n < b; n++)
    for (let i = 0; i < v.out; i++)
      for (let j = 0; j < u.out; j++)
        for (let p = 0; p < kh; p++)
          for (let q = 0; q < kw; q++) {
            const y = i * strides[0] + p * dilationRate[0] - v.before
            const z = j * strides[1] + q * dilationRate[1] - u.before
            if (y < 0 || y >= h || z < 0 || z >= wd) continue
            for (let d = 0; d < c; d++) for (let o = 0; o < f; o++) visit([n, y, z, d], [p, q, d, o], [n, i, j, o])
          }
  return [b, v.out, u.out, f]
}

const flat = (shape: Shape, index: number[]) => index.reduce((at, i, d) => at * shape[d]! + i, 0)

export function conv2d(x: Array64, w: Array64, spec: ConvSpec): Array64 {
  const shape = products(x.shape, w.shape, spec, () => {})
  const y = build(shape, () => 0)
  products(x.shape, w.shape, spec, (i, k, o) => (y.data[flat(shape, o)]! += get(x, i) * get(w, k)))
  return y
}

export function conv2dFilterGradient(x: Array64, dy: Array64, filter: Shape, spec: ConvSpec): Array64 {
  const w = build(filter, () => 0)
  products(x.shape, filter, spec, (i, k, o) => (w.data[flat(filter, k)]! += get(x, i) * get(dy, o)))
  return w
}

/** The gradient for the image, which is the transposed convolution. */
export function conv2dTranspose(dy: Array64, w: Array64, image: Shape, spec: ConvSpec): Array64 {
  const x = build(image, () => 0)
  products(image, w.shape, spec, (i, k, o) => (x.data[flat(image, i)]! += get(dy, o) * get(w, k)))
  return x
}
