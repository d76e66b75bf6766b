// Cutting a block out of a tensor, and putting a border around one: each is the other's gradient.
import { fill_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, sameShape, type Shape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { aNumber, checked, isListOf, isNumbers, optional, rule } from '../options.ts'
import { axesOfCopy, copyStrided, elementAddress, stridesOf } from './lowering/copy_strided.ts'

export const sliceOp: Op<{ begin: Shape; size: Shape }> = {
  name: 'slice',
  shape([x], { begin, size }) {
    const fits = begin.length === x!.length && size.length === x!.length
    if (!fits || !x!.every((d, i) => Number.isInteger(begin[i]) && begin[i]! >= 0 && begin[i]! + size[i]! <= d)) {
      throw shapeError('slice', `a block of ${show(size)} from ${show(begin)} is not within ${show(x!)}; mend begin or size`)
    }
    axesOfCopy('slice', size, stridesOf(x!), stridesOf(size))
    return size
  },
  gradient(y, dy) {
    const { begin, size } = y.attrs
    return [pad(dy, y.inputs[0]!.shape.map((d, i) => [begin[i]!, d - begin[i]! - size[i]!] as const))]
  },
  calls(node, at) {
    const { shape } = node.inputs[0]!
    const from = { address: elementAddress(at.inputs[0]!, shape, node.attrs.begin), strides: stridesOf(shape) }
    return [copyStrided('slice', node.shape, from, { address: at.output, strides: stridesOf(node.shape) })]
  },
  flops: () => 0,
}

const BLOCK = rule('a list of integers, one for each axis', isNumbers)

/**
 * The block of shape `size` that starts at the index `begin`; a size of −1 reaches to the end of its axis.
 * @throws RangeError where the block does not lie within x
 * @example
 * ops.slice(x, [0, 2], [4, 3]) // 4 rows, 3 columns from column 2
 */
export const slice = checked('slice', { x: tensor, begin: BLOCK, size: BLOCK }, (
  x: Tensor, begin: Shape, size: Shape,
): Tensor => {
  const full = size.map((d, i) => (d === -1 ? x.shape[i]! - begin[i]! : d))
  return sameShape(full, x.shape) && begin.every((b) => b === 0) ? x : apply(sliceOp, [x], { begin: [...begin], size: full })
})

/** How many elements go before and after, for each axis. */
export type Borders = readonly (readonly [before: number, after: number])[]

export const padOp: Op<{ borders: Borders; value: number }> = {
  name: 'pad',
  shape([x], { borders }) {
    if (borders.length !== x!.length || !borders.flat().every((b) => Number.isInteger(b) && b >= 0)) {
      const given = borders.map((b) => show(b)).join(', ')
      throw shapeError('pad', `the borders [${given}] do not fit ${show(x!)}; give [before, after], 0 or more, for each axis`)
    }
    const to = x!.map((d, i) => d + borders[i]![0] + borders[i]![1])
    axesOfCopy('pad', x!, stridesOf(x!), stridesOf(to))
    return to
  },
  gradient: (y, dy) => [slice(dy, y.attrs.borders.map(([before]) => before), y.inputs[0]!.shape)],
  calls(node, at) {
    const { shape } = node.inputs[0]!
    const first = node.attrs.borders.map(([before]) => before)
    const to = { address: elementAddress(at.output, node.shape, first), strides: stridesOf(node.shape) }
    return [
      call(fill_f32, { y: at.output, n: node.size, value: node.attrs.value }),
      copyStrided('pad', shape, { address: at.inputs[0]!, strides: stridesOf(shape) }, to),
    ]
  },
  flops: () => 0,
}

const isPair = (x: unknown): x is Borders[number] => isNumbers(x) && x.length === 2
const isBorders = (x: unknown): x is Borders => isListOf(x, isPair)
const BORDERS = rule('[before, after] for each axis', isBorders)

/**
 * x with `value` around it: axis i grows by `borders[i]` = [before, after].
 * @throws RangeError where the borders do not fit x's rank or are negative
 * @example
 * ops.pad(x, [[0, 0], [1, 1]]) // a column of 0 before and after
 */
export const pad = checked('pad', { x: tensor, borders: BORDERS, value: optional(aNumber) }, (
  x: Tensor, borders: Borders, value = 0,
): Tensor => {
  const none = borders.length === x.shape.length && borders.flat().every((b) => b === 0)
  return none ? x : apply(padOp, [x], { borders, value })
})
