// Sizes that grow, for every op that has cases (src/verify/cases): an elementwise op's from a first-level cache's to the
// memory's, products of training shapes, images by the batch. An op without a ladder is an error here.
import { type Kernel, kernel } from '../src/bench/kernels.ts'
import { apply, type Op, type Shape, type Tensor } from '../src/graph/tensor.ts'
import { avgPool2dGrad } from '../src/ops/avg_pool2d.ts'
import { conv2dFilterGradient } from '../src/ops/conv2d.ts'
import { copy } from '../src/ops/copy.ts'
import { depthwiseConv2dFilterGradOp, depthwiseConv2dInputGradOp } from '../src/ops/depthwise_conv2d.ts'
import * as ops from '../src/ops/index.ts'
import { maxPool2dGather, maxPool2dGrad } from '../src/ops/max_pool2d.ts'
import { pads } from '../src/ops/padding.ts'
import { resizeBilinearTransposeOp, resizeNearestTransposeOp } from '../src/ops/resize.ts'
import type { OpCases } from '../src/verify/cases/case.ts'

/** Elements of an elementwise op. */
export const LADDER: readonly number[] = [1e3, 1e4, 1e5, 1e6, 4e6]
export const BATCHES: readonly number[] = [1, 16, 128]
const SIDES: readonly number[] = [32, 256, 1024]

/** The name says what the shapes do not. */
const at = (name: string, shapes: readonly Shape[], build: (...xs: Tensor[]) => Tensor): Kernel => kernel(name, shapes, build)

/** Dense layers of the VAE and the GAN: forward, gradient for the input, gradient for the weights. */
const LAYERS: readonly (readonly [number, number, number])[] = [16, 128, 512].flatMap((batch) =>
  [[batch, 784, 400], [batch, 1024, 1024]] as const)

function product(m: number, k: number, n: number, transposeA = false, transposeB = false): Kernel {
  const shapes = [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]]
  const name = `${m}×${k}×${n}${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`
  return at(name, shapes, (a, b) => ops.matmul(a!, b!, { transposeA, transposeB }))
}

interface Convolution { image: Shape; kernel: readonly [number, number]; filter: Shape; output: Shape; strides: number }
/** The layers of the autoencoder and the DCGAN; for the transposed, those that a convolution undoes. */
const CONVOLUTIONS: readonly Convolution[] = BATCHES.flatMap((b) => ([
  [28, 1, 3, 16, 3], [15, 8, 5, 16, 3], [28, 1, 4, 64, 2], [14, 64, 4, 128, 2],
] as const).map(([side, channels, k, filters, strides]) => {
  const { out } = pads(side, k, strides, 'same')
  return {
    image: [b, side, side, channels], kernel: [k, k], filter: [k, k, channels, filters], output: [b, out, out, filters], strides,
  }
}))
const convolutions = (make: (c: Convolution) => Pick<Kernel, 'shapes'> & { build: (...xs: Tensor[]) => Tensor }): Kernel[] =>
  CONVOLUTIONS.map((c) => {
    const { shapes, build } = make(c)
    return at(`${c.image.join('×')}, ${c.filter[3]} of ${c.kernel.join('×')}, stride ${c.strides}`, shapes, build)
  })
const same = 'same' as const

const images = (make: (b: number) => Kernel): Kernel[] => BATCHES.map(make)
const pooling = { kernel: [2, 2], strides: [2, 2], padding: same } as const
const pooled = { poolSize: 2, ...pooling }
const depthwise = { kernel: [3, 3], strides: [1, 1], padding: same } as const
const deep = (b: number): Shape => [b, 28, 28, 32]
const depthwiseOf = (b: number) => ({ ...depthwise, image: deep(b), multiplier: 1 })
const FILTER: Shape = [3, 3, 32, 1]
const enlarged = (make: (from: Shape, size: readonly [number, number]) => Kernel): Kernel[] =>
  BATCHES.flatMap((b) => [make([b, 30, 30, 1], [28, 28]), make([b, 14, 14, 64], [28, 28])])
const transposed = (op: Op<{ mode: number; size: readonly [number, number] }>, mode: number): Kernel[] =>
  enlarged(([b, h, w, c], size) => {
    const from = [b!, ...size, c!]
    return at(`[${from}] to ${h}×${w}`, [from], (y) => apply(op, [y!], { mode, size: [h!, w!] }))
  })

/** Ladders of ops whose attributes know the shapes. */
const BUILT: Readonly<Record<string, () => readonly Kernel[]>> = {
  matmul: () => [
    ...[32, 64, 128, 256, 512, 1024].map((n) => product(n, n, n)),
    ...LAYERS.flatMap(([m, k, n]) => [product(m, k, n), product(m, n, k, false, true), product(k, m, n, true)]),
  ],
  conv2d: () => convolutions(({ image, filter, strides }) => (
    { shapes: [image, filter], build: (x, w) => ops.conv2d(x!, w!, { strides, padding: same }) })),
  conv2dTranspose: () => convolutions(({ image, filter, output, strides }) => ({
    shapes: [output, filter],
    build: (x, w) => ops.conv2dTranspose(x!, w!, { strides, padding: same, extent: [image[1]!, image[2]!] }),
  })),
  conv2dFilterGradient: () => convolutions(({ image, kernel, output, strides }) => (
    { shapes: [image, output], build: (x, dy) => conv2dFilterGradient(x!, dy!, kernel, { strides, padding: same }) })),
  depthwiseConv2d: () => images((b) => at('', [deep(b), FILTER], (x, w) => ops.depthwiseConv2d(x!, w!, depthwise))),
  depthwiseConv2dInputGrad: () => images((b) =>
    at('', [deep(b), FILTER], (dy, w) => apply(depthwiseConv2dInputGradOp, [dy!, w!], depthwiseOf(b)))),
  depthwiseConv2dFilterGrad: () => images((b) =>
    at('', [deep(b), deep(b)], (x, dy) => apply(depthwiseConv2dFilterGradOp, [x!, dy!], depthwiseOf(b)))),
  maxPool2d: () => images((b) => at('', [deep(b)], (x) => ops.maxPool2d(x!, pooled))),
  maxPool2dGrad: () => images((b) => at('', [deep(b), [b, 14, 14, 32]], (x, dy) => maxPool2dGrad(x!, dy!, pooling))),
  maxPool2dGather: () => images((b) => at('', [deep(b), deep(b)], (x, g) => maxPool2dGather(x!, g!, pooling))),
  avgPool2d: () => images((b) => at('', [deep(b)], (x) => ops.avgPool2d(x!, pooled))),
  avgPool2dGrad: () => images((b) => at('', [[b, 14, 14, 32]], (dy) => avgPool2dGrad(dy!, deep(b), pooling))),
  resizeBilinear: () => enlarged((from, size) => at('', [from], (x) => ops.resizeBilinear(x!, size))),
  resizeBilinearTranspose: () => transposed(resizeBilinearTransposeOp, 0),
  resizeNearest: () => enlarged((from, size) => at('', [from], (x) => ops.resizeNearest(x!, size))),
  resizeNearestTranspose: () => transposed(resizeNearestTransposeOp, 4),
  broadcastTo: () => LADDER.flatMap((n) => [[40], [n / 40, 1]].map((from) =>
    at(`[${from}] to [${n / 40},40]`, [from], (x) => ops.broadcastTo(x!, [n / 40, 40])))),
  cholesky: () => [8, 32, 128].map((n) => at('', [[n, n]], (a) => ops.cholesky(a!))),
  copy: () => LADDER.map((n) => at('', [[n]], (x) => copy(x!))),
  transpose: () => [
    ...SIDES.map((n) => at('', [[n, n]], (x) => ops.transpose(x!, [1, 0]))),
    ...images((b) => at(`[${deep(b)}] channels first`, [deep(b)], (x) => ops.transpose(x!, [0, 3, 1, 2]))),
  ],
  slice: () => SIDES.map((n) => at('', [[n, n]], (x) => ops.slice(x!, [1, 4], [n - 2, n - 8]))),
  pad: () => images((b) => at('', [deep(b)], (x) => ops.pad(x!, [[0, 0], [1, 1], [1, 1], [0, 0]]))),
  concat: () => BATCHES.flatMap((b) => [0, 3].map((axis) =>
    at(`[${deep(b)}] twice along ${axis}`, [deep(b), deep(b)], (x, y) => ops.concat([x!, y!], axis)))),
  reduceMax: () => SIDES.flatMap((n) => [0, 1].map((axis) =>
    at(`[${n},${n}] over ${axis}`, [[n, n]], (x) => ops.reduceMax(x!, axis)))),
  oneHot: () => [128, 1e5].map((n) => at('', [[n]], (x) => ops.oneHot(x!, 10))),
  stopGradient: () => [],
}

const ROWWISE = /softmax/i
const WITH_VECTORS = /^(batch|layer)Normalization/

/** The others take any shapes: those of their cases say how many inputs there are. */
export function ladderOf({ op, cases }: OpCases): readonly Kernel[] {
  if (Object.hasOwn(BUILT, op)) return BUILT[op]!()
  const [{ shapes, apply: build }] = cases as [OpCases['cases'][number]]
  const all = (shape: Shape): readonly Shape[] => shapes.map(() => shape)
  if (WITH_VECTORS.test(op)) return BATCHES.map((b) => at('', [[b, 14, 14, 64], ...all([64]).slice(1)], build))
  if (ROWWISE.test(op)) return LADDER.map((n) => at('', all([n / 40, 40]), build))
  const alike = cases.every((c) => c.shapes.length === shapes.length)
  const anyShape = alike && cases.some((c) => c.shapes.every((s) => s.length === 1))
  if (!anyShape) throw new RangeError(`the op '${op}' has no ladder: give it one in bench/ladders.ts`)
  return LADDER.map((n) => at('', all([n]), build))
}
