// A tensor cut along an axis, and tensors joined along a new one.
import { type Tensor, shapeError, show, tensor, tensors as tensorsRule } from '../graph/tensor.ts'
import { aNumber, checked, isCount, isNumber, isNumbers, optional, rule } from '../options.ts'
import { concat } from './concat.ts'
import { axesOf } from './lowering/axes.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'

const PARTS = rule('a number of parts, or a list of their sizes',
  (x): x is number | readonly number[] => isNumber(x) || isNumbers(x), (x) => [x].flat().every(isCount))

/**
 * The pieces of x along `axis`, one after another: so many of one size, or of these sizes.
 * @param axis negative from the end
 * @throws RangeError where x has no such axis, or the sizes do not fill it
 * @example
 * const [mean, logvar] = ops.split(x, 2, 1)
 */
export const split = checked('split', { x: tensor, parts: PARTS, axis: aNumber }, (
  x: Tensor, parts: number | readonly number[], axis: number,
): Tensor[] => {
  const [at] = axesOf('split', x.shape, axis) as [number]
  const n = x.shape[at]!
  const sizes = !isNumber(parts) ? parts : n % parts ? [] : Array.from({ length: parts }, () => n / parts)
  if (sizes.reduce((sum, d) => sum + d, 0) !== n) {
    const wanted = isNumber(parts) ? `${parts} equal parts` : `parts of ${show(parts)}`
    throw shapeError('split', `axis ${axis} of ${show(x.shape)} does not divide into ${wanted}; give sizes that add up to ${n}`)
  }
  let begin = 0
  return sizes.map((size) => {
    const piece = slice(x, x.shape.map((_, i) => (i === at ? begin : 0)), x.shape.map((d, i) => (i === at ? size : d)))
    begin += size
    return piece
  })
})

/**
 * The tensors, of one shape, along a new axis: slice i of the result is tensor i.
 * @param axis the new one's place in the result, negative from the end. Default 0
 * @throws RangeError where their shapes differ, there are none, or there is no such place
 * @example
 * ops.stack([x, y]) // two of [n, k] → [2, n, k]
 */
export const stack = checked('stack', { tensors: tensorsRule, axis: optional(aNumber) }, (
  tensors: readonly Tensor[], axis: number = 0,
): Tensor => {
  const [first] = tensors
  if (!first) throw shapeError('stack', 'there are no tensors to join; give at least one')
  const [at] = axesOf('stack', [...first.shape, 1], axis) as [number]
  return concat(tensors.map((t) => {
    if (t.shape.join() === first.shape.join()) return reshape(t, [...t.shape.slice(0, at), 1, ...t.shape.slice(at)])
    throw shapeError('stack', `${show(first.shape)} and ${show(t.shape)} differ; reshape or slice one`)
  }), at)
})
