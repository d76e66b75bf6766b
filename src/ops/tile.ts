// A tensor many times over, side by side.
import { checkShape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, shape } from '../options.ts'
import { broadcastTo } from './reduce.ts'
import { reshape } from './reshape.ts'

/**
 * x repeated along each axis: y has repeats[i] · d elements where x has d (TensorFlow's tile).
 * @param repeats how often, one for each axis
 * @throws RangeError where they are not as many as axes, or not positive integers
 * @example
 * ops.tile(x, [1, 2]) // [n, k] → [n, 2 · k]
 */
export const tile = checked('tile', { x: tensor, repeats: shape }, (x: Tensor, repeats: readonly number[]): Tensor => {
  if (repeats.length !== x.shape.length) {
    throw shapeError('tile', `repeats ${show(repeats)} do not fit ${show(x.shape)}; give one for each axis`)
  }
  checkShape('tile', x.shape.map((d, i) => d * repeats[i]!))
  return repeats.reduce((y, times, axis) => {
    if (times === 1) return y
    const [before, after] = [y.shape.slice(0, axis), y.shape.slice(axis)]
    const size = after.reduce((n, d) => n * d, 1)
    const many = broadcastTo(reshape(y, [y.size / size, 1, size]), [y.size / size, times, size])
    return reshape(many, [...before, times * after[0]!, ...after.slice(1)])
  }, x)
})
