// Axes turned round, and turned on in a circle.
import { apply, type Op, type Tensor, tensor } from '../graph/tensor.ts'
import { aNumber, axes as axesRule, checked, rule } from '../options.ts'
import { concat } from './concat.ts'
import { type Axes, axesOf } from './lowering/axes.ts'
import { copyStrided, elementAddress, stridesOf } from './lowering/copy_strided.ts'
import { slice } from './slice.ts'

export const reverseOp: Op<{ axes: readonly number[] }> = {
  name: 'reverse',
  shape: ([x]) => x!,
  gradient: (y, dy) => [reverse(dy, y.attrs.axes)],
  calls({ shape, attrs: { axes } }, at) {
    const strides = stridesOf(shape)
    const last = elementAddress(at.inputs[0]!, shape, shape.map((d, i) => (axes.includes(i) ? d - 1 : 0)))
    const from = { address: last, strides: strides.map((s, i) => (axes.includes(i) ? -s : s)) }
    return [copyStrided('reverse', shape, from, { address: at.output, strides })]
  },
  flops: () => 0,
}

/**
 * x with the order along `axes` turned round: y[i] = x[n − 1 − i].
 * @param axes one or several, negative from the end; all of them by default
 * @throws RangeError where x has no such axis
 * @example
 * ops.reverse(picture, 2) // mirrored
 */
export const reverse = checked('reverse', { x: tensor, axes: axesRule }, (x: Tensor, axes?: Axes): Tensor => {
  const over = axesOf('reverse', x.shape, axes).filter((i) => x.shape[i]! > 1)
  return over.length ? apply(reverseOp, [x], { axes: over }) : x
})

const PLACES = rule('an integer', (x): x is number => typeof x === 'number', Number.isSafeInteger)

/**
 * x moved on by `shift` along `axis`, what leaves the end coming in at the beginning: y[(i + shift) mod n] = x[i] (NumPy's roll).
 * @param shift an integer, negative to move back
 * @param axis negative from the end
 * @throws RangeError where x has no such axis
 * @example
 * ops.roll(x, 1, 0) // each row one further, the last one first
 */
export const roll = checked('roll', { x: tensor, shift: PLACES, axis: aNumber }, (
  x: Tensor, shift: number, axis: number,
): Tensor => {
  const [at] = axesOf('roll', x.shape, axis) as [number]
  const n = x.shape[at]!
  const by = ((shift % n) + n) % n
  if (!by) return x
  const part = (begin: number, size: number) =>
    slice(x, x.shape.map((_, i) => (i === at ? begin : 0)), x.shape.map((d, i) => (i === at ? size : d)))
  return concat([part(n - by, by), part(0, n - by)], at)
})
