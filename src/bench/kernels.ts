// The kernels that training spends its time in, at the sizes of the models: what `ganglion bench` times one by one.
// Inputs are made up and the same everywhere, so that each result has a digest.
import { input, type Variable, variable } from '../graph/leaves.ts'
import type { Schedule } from '../compiler/schedule.ts'
import { type Shape, sizeOf, type Tensor } from '../graph/tensor.ts'
import { adam } from '../nn/optimizers.ts'
import { tanh } from '../ops/activation.ts'
import { add } from '../ops/arithmetic.ts'
import { isDataset } from '../ops/batch.ts'
import { conv2d, conv2dFilterGradient, conv2dTranspose } from '../ops/conv2d.ts'
import { ones } from '../ops/fill.ts'
import { matmul } from '../ops/matmul.ts'
import { maxPool2d } from '../ops/max_pool2d.ts'
import { randomNormal } from '../ops/random.ts'
import { sum } from '../ops/reduce.ts'
import { resizeBilinear } from '../ops/resize.ts'
import { softmax } from '../ops/softmax.ts'
import { exp } from '../ops/unary.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { madeUp } from '../verify/draw.ts'

/** What one kernel's run is: an output, or updates of a variable. */
type Graph = { readonly y: Tensor } | { readonly updates: readonly Tensor[]; readonly changed: Variable }

export interface Kernel {
  readonly name: string
  readonly shapes: readonly Shape[]
  readonly build: (...inputs: Tensor[]) => Graph
}

export const kernel = (name: string, shapes: readonly Shape[], build: (...inputs: Tensor[]) => Tensor): Kernel =>
  ({ name, shapes, build: (...inputs) => ({ y: build(...inputs) }) })

/** [m, k]·[k, n]; `side` is the one that lies transposed, as in the gradients for the input (b) and the weights (a). */
function product(m: number, k: number, n: number, side?: 'a' | 'b'): Kernel {
  const shapes = [side === 'a' ? [k, m] : [m, k], side === 'b' ? [n, k] : [k, n]]
  const name = `matmul ${m}x${k}x${n}${side ? `, ${side} transposed` : ''}`
  return kernel(name, shapes, (a, b) => matmul(a, b, { transposeA: side === 'a', transposeB: side === 'b' }))
}

const MILLION = 1 << 20

function adamStep(size: number): Kernel {
  return {
    name: `adam ${size}`,
    shapes: [[size]],
    build(gradient) {
      const changed = variable('x', [size], ones)
      return { changed, updates: adam().apply([gradient], [changed]) }
    },
  }
}

const same = 'same'

export const KERNELS: readonly Kernel[] = [
  product(512, 512, 512),
  product(128, 784, 400),
  product(128, 400, 784, 'b'),
  product(784, 128, 400, 'a'),
  product(128, 1024, 1024),
  kernel('conv2d 128x28x28x1, 16 of 3x3, stride 3', [[128, 28, 28, 1], [3, 3, 1, 16]],
    (x, w) => conv2d(x, w, { strides: 3, padding: same })),
  kernel('conv2d 32x14x14x64, 128 of 4x4, stride 2', [[32, 14, 14, 64], [4, 4, 64, 128]],
    (x, w) => conv2d(x, w, { strides: 2, padding: same })),
  kernel('conv2d, gradient of its filters', [[32, 14, 14, 64], [32, 7, 7, 128]],
    (x, dy) => conv2dFilterGradient(x, dy, [4, 4], { strides: 2, padding: same })),
  kernel('conv2dTranspose 128x5x5x16, 8 of 5x5, stride 3', [[128, 5, 5, 16], [5, 5, 8, 16]],
    (x, w) => conv2dTranspose(x, w, { strides: 3, padding: same })),
  kernel('maxPool2d 128x10x10x16, 2x2', [[128, 10, 10, 16]], (x) => maxPool2d(x, { poolSize: 2 })),
  kernel('resizeBilinear 128x30x30 to 28x28', [[128, 30, 30, 1]], (x) => resizeBilinear(x, [28, 28])),
  kernel('softmax 4096x64', [[4096, 64]], (x) => softmax(x)),
  kernel(`sum ${MILLION}`, [[MILLION]], (x) => sum(x)),
  kernel(`add ${MILLION}`, [[MILLION], [MILLION]], (a, b) => add(a, b)),
  kernel('exp 262144', [[MILLION / 4]], (x) => exp(x)),
  kernel('tanh 262144', [[MILLION / 4]], (x) => tanh(x)),
  kernel('randomNormal 262144', [], () => randomNormal([MILLION / 4], 'bench')),
  adamStep(MILLION),
]

export interface CompiledKernel {
  readonly fn: CompiledFunction
  /** What the last run computed. */
  result(): Float32Array
}

/** A kernel in memory, fed: with `values`, or with what is made up. */
export function compileKernel(
  session: Session, { name, shapes, build }: Kernel, values?: readonly Float32Array[],
): CompiledKernel {
  const graph = build(...shapes.map((shape, i) => input(`x${i}`, shape)))
  const stage = 'y' in graph ? { outputs: { y: graph.y } } : { updates: graph.updates }
  const fn = session.compile({ group: name, stages: [stage] })
  const asked = new Set(fn.inputNames)
  for (const [i, shape] of shapes.entries()) if (asked.has(`x${i}`)) fn.feed(`x${i}`, values?.[i] ?? madeUp(sizeOf(shape), i + 1))
  return { fn, result: () => ('y' in graph ? fn.read('y') : session.values(graph.changed).slice()) }
}

/** Bytes that a step's ops read and write, each input and each result once: what must move where no cache holds it. */
export function bytesMoved({ items }: Pick<Schedule, 'items'>): number {
  return items.reduce((n, { node }) => {
    const { op, inputs, size } = node
    if (op.calls === 'alias') return n
    const read = inputs.reduce((sum, x) => sum + bytesRead(x, node), 0)
    // An update writes what it reads, but for its last input, the value.
    return n + read + (op.effect ? read - 4 * inputs.at(-1)!.size : 4 * size)
  }, 0)
}

/** Of a dataset, a batch alone. */
const bytesRead = (x: Tensor, by: Tensor): number => (isDataset(x) ? by.size * x.attrs.data.BYTES_PER_ELEMENT : 4 * x.size)
