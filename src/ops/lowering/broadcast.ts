// The broadcasting rule (NumPy's: trailing dimensions align, 1 stretches) and how kernels walk it.
import { type Shape, shapeError, show, sizeOf } from '../../graph/tensor.ts'

/** The shape that `a` and `b` stretch to. */
export function broadcastShape(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x !== y && x !== 1 && y !== 1) {
      const why = `${x} and ${y} differ and neither is 1; reshape one of them`
      throw shapeError(op, `shapes ${show(a)} and ${show(b)} do not fit: ${why}`)
    }
    return x === 1 ? y : x
  })
}

/** The axes of `to` along which a tensor of shape `from` was stretched. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  return to.flatMap((d, i) => ((from[i - to.length + from.length] ?? 1) === 1 && d !== 1 ? [i] : []))
}

/** Four dimensions and the strides of each operand for `binary` kernels (see assembly/lib/elementwise.ts). */
export function walk(op: string, shapes: readonly Shape[], to: Shape): { dims: number[]; strides: number[][] } {
  const dense = shapes.map((shape) => to.map((_, i) => (shape[i - to.length + shape.length] ?? 1) !== 1))
  const dims: number[] = []
  const kept: boolean[][] = shapes.map(() => [])
  to.forEach((d, i) => {
    if (d === 1) return
    const merges = dims.length > 0 && dense.every((k, s) => k[i] === kept[s]!.at(-1))
    if (merges) dims[dims.length - 1]! *= d
    else {
      dims.push(d)
      dense.forEach((k, s) => kept[s]!.push(k[i]!))
    }
  })
  if (dims.length > 4) {
    const which = shapes.map(show).join(' and ')
    throw shapeError(op, `broadcasting ${which} alternates over more than 4 groups of axes; reshape or split it`)
  }
  while (dims.length < 4) {
    dims.unshift(1)
    for (const k of kept) k.unshift(false)
  }
  const strides = kept.map((k) => k.map((on, i) => (on ? sizeOf(dims.filter((_, j) => j > i && k[j])) : 0)))
  return { dims, strides }
}
