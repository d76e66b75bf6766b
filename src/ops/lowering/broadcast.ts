// The broadcasting rule (NumPy's: trailing dimensions align, 1 stretches) and how kernels walk it.
import { type Shape, shapeError, show, sizeOf } from '../../graph/tensor.ts'

/**
 * The shape that `a` and `b` stretch to.
 * @throws RangeError where they do not fit each other, or kernels cannot walk them
 */
export function broadcastShape(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const to = Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x !== y && x !== 1 && y !== 1) {
      const why = `${x} and ${y} differ and neither is 1; reshape one of them`
      throw shapeError(op, `shapes ${show(a)} and ${show(b)} do not fit: ${why}`)
    }
    return x === 1 ? y : x
  })
  walk(op, a, b, to)
  return to
}

/** The axes of `to` along which a tensor of shape `from` was stretched. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  return to.flatMap((d, i) => ((from[i - to.length + from.length] ?? 1) === 1 && d !== 1 ? [i] : []))
}

type Four = readonly [number, number, number, number]

/** How kernels walk over two operands, as fields of `BinaryArgs`. */
export interface Walk {
  readonly dimensions: Four
  readonly stridesA: Four
  readonly stridesB: Four
}

/**
 * Four dimensions of `to`, and the strides of operands of shape `a` and `b` that are stretched to it. Neighbouring axes along
 * which both are stretched alike are one.
 * @throws RangeError where there are more than four
 */
export function walk(op: string, a: Shape, b: Shape, to: Shape): Walk {
  const isDense = (shape: Shape, i: number): boolean => (shape[i - to.length + shape.length] ?? 1) !== 1
  const axes: { size: number, readonly a: boolean, readonly b: boolean }[] = []
  to.forEach((size, i) => {
    if (size === 1) return
    const axis = { size, a: isDense(a, i), b: isDense(b, i) }
    const last = axes.at(-1)
    if (last && last.a === axis.a && last.b === axis.b) last.size *= size
    else axes.push(axis)
  })
  if (axes.length > 4) {
    const mend = 'alternates over more than 4 groups of axes; reshape or split it'
    throw shapeError(op, `broadcasting ${show(a)} and ${show(b)} ${mend}`)
  }
  while (axes.length < 4) axes.unshift({ size: 1, a: false, b: false })
  const strides = (side: 'a' | 'b'): Four =>
    axes.map((axis, i) => (axis[side] ? sizeOf(axes.slice(i + 1).filter((inner) => inner[side]).map(({ size }) => size)) : 0)) as
      unknown as Four
  return { dimensions: axes.map(({ size }) => size) as unknown as Four, stridesA: strides('a'), stridesB: strides('b') }
}
