// Resizing, reordering, cutting, joining and normalizing in doubles.
import type { Shape } from '../../src/graph/tensor.ts'
import { type Array64, build, get } from './arrays.ts'

/** The weights of an axis's inputs in each of its outputs. */
function resizeMatrix(size: number, out: number, half: boolean, align: boolean, nearest: boolean): number[][] {
  return Array.from({ length: out }, (_, i) => {
    const row = Array.from({ length: size }, () => 0)
    const whole = align && out > 1 ? (i * (size - 1)) / (out - 1) : half ? ((i + 0.5) * size) / out : (i * size) / out
    if (nearest) {
      row[Math.min(Math.floor(align && out > 1 ? whole + 0.5 : whole), size - 1)] = 1
      return row
    }
    const s = half ? Math.max(whole - 0.5, 0) : whole
    const lo = Math.min(Math.floor(s), size - 1)
    row[lo]! += 1 - (s - lo)
    row[Math.min(lo + 1, size - 1)]! += s - lo
    return row
  })
}

export interface Resize {
  readonly size: readonly [number, number]
  readonly halfPixelCenters?: boolean
  readonly alignCorners?: boolean
  readonly nearest?: boolean
}

export function resize(x: Array64, { size, halfPixelCenters = false, alignCorners = false, nearest = false }: Resize): Array64 {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const rows = resizeMatrix(h, size[0], halfPixelCenters, alignCorners, nearest)
  const columns = resizeMatrix(w, size[1], halfPixelCenters, alignCorners, nearest)
  return build([n, ...size, c], ([n, oy, ox, c]) => {
    let sum = 0
    rows[oy!]!.forEach((a, iy) => columns[ox!]!.forEach((b, ix) => (sum += a && b && a * b * get(x, [n!, iy, ix, c!]))))
    return sum
  })
}

export const transpose = (x: Array64, perm: readonly number[]): Array64 =>
  build(perm.map((axis) => x.shape[axis]!), (i) => get(x, perm.map((_, axis) => i[perm.indexOf(axis)]!)))

export const slice = (x: Array64, begin: Shape, size: Shape): Array64 =>
  build(size, (i) => get(x, i.map((at, axis) => at + begin[axis]!)))

export function pad(x: Array64, borders: readonly (readonly [number, number])[], value: number): Array64 {
  return build(x.shape.map((d, i) => d + borders[i]![0] + borders[i]![1]), (index) => {
    const at = index.map((j, i) => j - borders[i]![0])
    return at.every((j, i) => j >= 0 && j < x.shape[i]!) ? get(x, at) : value
  })
}

export function concat(arrays: readonly Array64[], axis: number): Array64 {
  const shape = arrays[0]!.shape.map((d, i) => (i === axis ? arrays.reduce((s, a) => s + a.shape[axis]!, 0) : d))
  return build(shape, (index) => {
    let at = index[axis]!
    let k = 0
    while (at >= arrays[k]!.shape[axis]!) at -= arrays[k++]!.shape[axis]!
    return get(arrays[k]!, index.map((j, i) => (i === axis ? at : j)))
  })
}

/** Each index of `shape` with its axes in `axes` replaced by `index`'s others: the group that `index` belongs to. */
export function group(x: Array64, axes: readonly number[], index: readonly number[]): number[] {
  const values: number[] = []
  build(x.shape, (i) => (i.every((j, axis) => axes.includes(axis) || j === index[axis]) ? values.push(get(x, i)) : 0))
  return values
}

export const max = (x: Array64, axes: readonly number[], keepDims: boolean): Array64 => {
  const full = build(x.shape.map((d, i) => (axes.includes(i) ? 1 : d)), (index) => Math.max(...group(x, axes, index)))
  return keepDims ? full : { shape: x.shape.filter((_, i) => !axes.includes(i)), data: full.data }
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

export function logSoftmax(x: Array64): Array64 {
  const last = x.shape.length - 1
  return build(x.shape, (index) => {
    const row = group(x, [last], index)
    const top = Math.max(...row)
    return get(x, index) - top - Math.log(total(row.map((v) => Math.exp(v - top))))
  })
}
export const softmax = (x: Array64): Array64 => build(x.shape, (index) => Math.exp(get(logSoftmax(x), index)))

export const moments = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = total(values) / values.length
  return { mean, variance: total(values.map((v) => (v - mean) * (v - mean))) / values.length }
}

/** gamma · (x − mean) / √(variance + ε) + beta over `axes`. */
export function normalize(x: Array64, gamma: Array64, beta: Array64, axes: readonly number[], epsilon: number): Array64 {
  return build(x.shape, (index) => {
    const { mean, variance } = moments(group(x, axes, index))
    return ((get(x, index) - mean) / Math.sqrt(variance + epsilon)) * get(gamma, index) + get(beta, index)
  })
}
