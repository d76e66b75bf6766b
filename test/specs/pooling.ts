import type { Shape } from '../../src/graph/tensor.ts'
import { avgPool2d, avgPool2dGrad } from '../../src/ops/avg_pool2d.ts'
import { maxPool2d, maxPool2dGather, maxPool2dGrad } from '../../src/ops/max_pool2d.ts'
import { avgPool, maxGather, maxPool, pooledShape, transposed, type Window } from '../reference/windows.ts'
import { apart, BATCHES, type Case, type Spec } from './spec.ts'

const WINDOWS: readonly (readonly [Shape, Window])[] = [
  [[1, 1, 1, 1], { kernel: [1, 1], strides: [1, 1], padding: 'valid' }],
  [[2, 4, 6, 4], { kernel: [2, 2], strides: [2, 2], padding: 'valid' }],
  [[3, 5, 7, 3], { kernel: [2, 2], strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 17], { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
  [[2, 9, 4, 5], { kernel: [3, 2], strides: [1, 1], padding: 'same' }],
  [[1, 8, 7, 8], { kernel: [2, 3], strides: [3, 1], padding: 'valid' }],
  [[1, 9, 8, 2], { kernel: [2, 1], strides: [4, 3], padding: 'same' }],
  [[1, 4, 3, 7], { kernel: [5, 5], strides: [1, 2], padding: 'same' }],
  [[1, 7, 11, 6], { kernel: [4, 3], strides: [2, 5], padding: 'valid' }],
]
const name = (shape: Shape, { kernel, strides, padding }: Window) =>
  `[${shape}] ${kernel.join('x')} strides ${strides} ${padding}`
const LAYERS: typeof WINDOWS = BATCHES.flatMap((b): typeof WINDOWS => [
  [[b, 10, 10, 16], { kernel: [2, 2], strides: [2, 2], padding: 'same' }],
  [[b, 28, 28, 32], { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
])
function cases(make: (x: Shape, y: Shape, window: Window) => Case): Pick<Spec, 'cases' | 'ladder'> {
  const made = ([shape, window]: (typeof WINDOWS)[number]) =>
    ({ ...make(shape, pooledShape(shape, window), window), name: name(shape, window) })
  return { cases: WINDOWS.map(made), ladder: LAYERS.map(made) }
}

/** Far apart, so that no step of a numeric derivative changes which element is the largest. */
const values: Spec['values'] = (size, uniform, input) => (input === 0 ? apart(size, uniform) : undefined)

export const specs: Spec[] = [
  {
    op: 'maxPool2d',
    tolerance: 0,
    values,
    ...cases((x, _, window) => ({
      shapes: [x],
      apply: (x) => maxPool2d(x!, { poolSize: window.kernel, ...window }),
      reference: (x) => maxPool(x!, window),
    })),
  },
  {
    op: 'maxPool2dGrad',
    values,
    ...cases((x, y, window) => ({
      shapes: [x, y],
      apply: (x, dy) => maxPool2dGrad(x!, dy!, { ...window }),
      reference: (x, dy) => transposed((g) => maxGather(x!, g, window), x!.shape, dy!),
    })),
  },
  {
    op: 'maxPool2dGather',
    tolerance: 0,
    values,
    ...cases((x, _, window) => ({
      shapes: [x, x],
      apply: (x, g) => maxPool2dGather(x!, g!, { ...window }),
      reference: (x, g) => maxGather(x!, g!, window),
    })),
  },
  {
    op: 'avgPool2d',
    ...cases((x, _, window) => ({
      shapes: [x],
      apply: (x) => avgPool2d(x!, { poolSize: window.kernel, ...window }),
      reference: (x) => avgPool(x!, window),
    })),
  },
  {
    op: 'avgPool2dGrad',
    ...cases((x, y, window) => ({
      shapes: [y],
      apply: (dy) => avgPool2dGrad(dy!, x, { ...window }),
      reference: (dy) => transposed((g) => avgPool(g, window), x, dy!),
    })),
  },
]
