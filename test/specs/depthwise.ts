import { apply, type Shape, type Tensor } from '../../src/graph/tensor.ts'
import { depthwiseConv2d, depthwiseConv2dFilterGradOp, depthwiseConv2dInputGradOp } from '../../src/ops/depthwise_conv2d.ts'
import { depthwise, pooledShape, transposed, type Window } from '../reference/windows.ts'
import { BATCHES, type Case, type Spec } from './spec.ts'

type Item = readonly [image: Shape, multiplier: number, window: Window]
const ITEMS: readonly Item[] = [
  [[1, 1, 1, 1], 1, { kernel: [1, 1], strides: [1, 1], padding: 'valid' }],
  [[2, 5, 4, 4], 1, { kernel: [3, 3], strides: [1, 1], padding: 'same' }],
  [[2, 6, 5, 3], 2, { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 17], 1, { kernel: [2, 4], strides: [1, 2], padding: 'same' }],
  [[1, 8, 7, 5], 3, { kernel: [3, 2], strides: [2, 1], padding: 'valid' }],
  [[1, 9, 8, 2], 4, { kernel: [2, 2], strides: [3, 4], padding: 'same' }],
  [[3, 4, 3, 6], 1, { kernel: [5, 5], strides: [1, 1], padding: 'same' }],
]

const LAYERS: readonly Item[] = BATCHES.map((b) => [[b, 28, 28, 32], 1, { kernel: [3, 3], strides: [1, 1], padding: 'same' }])

type Make = (image: Shape, filter: Shape, output: Shape, item: Item) => Case
function cases(make: Make): Pick<Spec, 'cases' | 'ladder'> {
  const made = (item: Item) => {
    const [image, m, { kernel, strides, padding }] = item
    const [n, oh, ow, c] = pooledShape(image, item[2]) as [number, number, number, number]
    const name = `[${image}] m ${m} ${kernel.join('x')} strides ${strides} ${padding}`
    return { ...make(image, [...kernel, c, m], [n, oh, ow, c * m], item), name }
  }
  return { cases: ITEMS.map(made), ladder: LAYERS.map(made) }
}
const attrs = ([image, multiplier, window]: Item) => ({ ...window, image, multiplier })

export const specs: Spec[] = [
  {
    op: 'depthwiseConv2d',
    ...cases((image, filter, _, [, , window]) => ({
      shapes: [image, filter],
      apply: (x, w) => depthwiseConv2d(x!, w!, window),
      reference: (x, w) => depthwise(x!, w!, window),
    })),
  },
  {
    op: 'depthwiseConv2dInputGrad',
    ...cases((image, filter, output, item) => ({
      shapes: [output, filter],
      apply: (dy, w): Tensor => apply(depthwiseConv2dInputGradOp, [dy!, w!], attrs(item)),
      reference: (dy, w) => transposed((x) => depthwise(x, w!, item[2]), image, dy!),
    })),
  },
  {
    op: 'depthwiseConv2dFilterGrad',
    ...cases((image, filter, output, item) => ({
      shapes: [image, output],
      apply: (x, dy): Tensor => apply(depthwiseConv2dFilterGradOp, [x!, dy!], attrs(item)),
      reference: (x, dy) => transposed((w) => depthwise(x!, w, item[2]), filter, dy!),
    })),
  },
]
