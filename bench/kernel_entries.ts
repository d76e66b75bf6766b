// Every kernel of the core over a range of sizes: the ladders of ops with cases, and what has no cases. A test
// says that none is left out.
import { gradients } from '../src/autodiff/gradients.ts'
import { type Variable, variable } from '../src/graph/leaves.ts'
import type { Tensor } from '../src/graph/tensor.ts'
import { type Kernel, kernel } from '../src/bench/kernels.ts'
import { optimizers } from '../src/nn/index.ts'
import type { Optimizer } from '../src/nn/optimizers.ts'
import * as ops from '../src/ops/index.ts'
import { activation } from '../src/verify/cases/activation.ts'
import { drawInputs } from '../src/verify/cases/case.ts'
import { BATCHES, LADDERS, LENGTHS, WITHOUT } from './ladders.ts'

export interface Entry {
  /** The op or the kernel; several entries of growing size share it. */
  readonly op: string
  readonly kernel: Kernel
  /** Inputs in the domain of the op; made up where there are none. */
  readonly values?: () => Float32Array[]
}

const ofCases: readonly Entry[] = LADDERS.flatMap(({ of, cases }) => cases.map(({ name, shapes, apply }, i) => ({
  op: of.op,
  kernel: kernel(`${of.op} ${name ?? shapes.map((s) => `[${s}]`).join(' ')}`, shapes, apply),
  values: () => drawInputs(of, shapes, i + 1),
})))

const sized = (op: string, build: (n: number) => Kernel): Entry[] => LENGTHS.map((n) => ({ op, kernel: build(n) }))

/** Activations have kernels for the gradient too. */
const activationGradients = activation.filter(({ op }) => !(op in WITHOUT)).flatMap((of) => sized(`${of.op}, gradient`, (n) =>
  kernel(`${of.op}, value and gradient [${n}]`, [[n], [n]], (x, dy) =>
    gradients(of.make([[n]]).apply(x), [x], dy)[0]!)))

const updates = (op: string, make: (changed: Variable, gradient: Tensor) => readonly Tensor[]): Entry[] => sized(op, (n) => ({
  name: `${op} [${n}]`,
  shapes: [[n]],
  build(gradient) {
    const changed = variable('x', [n], ops.ones)
    return { changed, updates: make(changed, gradient) }
  },
}))
const optimizer = (op: string, make: () => Optimizer): Entry[] =>
  updates(op, (variable, gradient) => make().apply([gradient], [variable]))

const IMAGES = 4096
const gathered = (op: string, data: Uint8Array | Float32Array): Entry[] => BATCHES.map((size) =>
  ({ op, kernel: kernel(`${op}, ${size} images of 784`, [], () => ops.batch(ops.dataset(data, [IMAGES, 784]), size)) }))

const drawn = (op: string, draw: (n: number) => Tensor): Entry[] => sized(op, (n) => kernel(`${op} [${n}]`, [], () => draw(n)))

export const ENTRIES: readonly Entry[] = [
  ...ofCases,
  ...activationGradients,
  ...sized('sum', (n) => kernel(`sum [${n}]`, [[n]], (x) => ops.sum(x))),
  ...sized('sum of columns', (n) => kernel(`sum of columns [${n / 40},40]`, [[n / 40, 40]], (x) => ops.sum(x, 0))),
  ...sized('sum of rows', (n) => kernel(`sum of rows [${n / 40},40]`, [[n / 40, 40]], (x) => ops.sum(x, 1))),
  ...drawn('fill', (n) => ops.fill([n], 0.5)),
  ...drawn('randomUniform', (n) => ops.randomUniform([n], 'bench')),
  ...drawn('randomNormal', (n) => ops.randomNormal([n], 'bench')),
  ...drawn('truncatedNormal', (n) => ops.truncatedNormal([n], 'bench')),
  ...drawn('bernoulli', (n) => ops.bernoulli([n], 'bench', 0.5)),
  ...optimizer('sgd', () => optimizers.sgd()),
  ...optimizer('sgd, momentum', () => optimizers.sgd({ momentum: 0.9 })),
  ...optimizer('sgd, Nesterov', () => optimizers.sgd({ momentum: 0.9, nesterov: true })),
  ...optimizer('rmsprop', () => optimizers.rmsprop()),
  ...optimizer('rmsprop, momentum', () => optimizers.rmsprop({ momentum: 0.9 })),
  ...optimizer('adam', () => optimizers.adam()),
  ...updates('movingAverage', (average, x) => [ops.movingAverage(average, x, 0.9)]),
  { op: 'step', kernel: kernel('step', [], () => ops.step()) },
  ...gathered('batch of bytes', new Uint8Array(IMAGES * 784).map((_, i) => i % 255)),
  ...gathered('batch of floats', new Float32Array(IMAGES * 784).fill(0.5)),
]
