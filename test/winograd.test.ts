// Convolutions by points whose images go in groups (src/ops/lowering/winograd.ts). test/ops.test.ts says that their values are
// right.
import { expect, test } from 'vitest'
import { PLAIN } from '../src/ops/lowering/epilogue.ts'
import { input } from '../src/graph/leaves.ts'
import type { Shape, Tensor } from '../src/graph/tensor.ts'
import { conv2d, conv2dFilterGradient, conv2dTranspose } from '../src/ops/conv2d.ts'
import { geometry } from '../src/ops/lowering/conv_patches.ts'
import { winograd } from '../src/ops/lowering/winograd.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { convolutionOfFive } from '../src/verify/cases/conv2d.ts'
import { madeUp } from '../src/verify/draw.ts'

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

async function run(shapes: readonly Shape[], values: readonly Float32Array[], op: (...inputs: Tensor[]) => Tensor) {
  const session = await (await createRuntime()).session(1)
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape))
  const fn = session.compile({ group: 'test', stages: [{ outputs: { y: op(...inputs) } }] })
  values.forEach((value, i) => fn.feed(`x${i}`, value))
  fn.run()
  return fn.read('y')
}

test.each(convolutionOfFive.cases)('5 taps at stride 2 are computed by points: $name', ({ row }) => {
  const { image, kernel, filters, spec } = row
  const attrs = { ...spec, extent: [0, 0], algorithm: 'auto', epilogue: PLAIN } as const
  expect(winograd(geometry(image, [...kernel, image[3]!, filters], attrs))).toBeDefined()
})

const halving = { strides: 2, padding: 'same' } as const
const BATCH = 12
const filter: Shape = [4, 4, 64, 128]
const cases = [
  { name: 'conv2d', image: [14, 14, 64], op: (x: Tensor, w: Tensor) => conv2d(x, w, halving) },
  { name: 'conv2dTranspose', image: [7, 7, 128], op: (x: Tensor, w: Tensor) => conv2dTranspose(x, w, halving) },
]

test.each(cases)('$name: an image has the same bits alone and in a batch of two groups', async ({ image, op }) => {
  const w = madeUp(size(filter), 2)
  const x = madeUp(BATCH * size(image), 1)
  const all = await run([[BATCH, ...image], filter], [x, w], op)
  const last = await run([[1, ...image], filter], [x.subarray((BATCH - 1) * size(image)), w], op)
  expect(Buffer.from(all.slice(-last.length).buffer).equals(Buffer.from(last.slice().buffer))).toBe(true)
})

test('conv2dFilterGradient: two groups add up to their images', async () => {
  const image: Shape = [28, 28, 64]
  const window = { strides: [1, 1], padding: 'same', dilationRate: [1, 1] } as const
  const attrs = { ...window, extent: [0, 0], algorithm: 'auto', epilogue: PLAIN } as const
  expect(winograd(geometry([11, ...image], [3, 3, 64, 64], attrs))).toBeDefined()
  const op = (x: Tensor, dy: Tensor) => conv2dFilterGradient(x, dy, [3, 3], { padding: 'same' })
  const [x, dy] = [madeUp(11 * size(image), 3), madeUp(11 * size(image), 4)]
  const all = await run([[11, ...image], [11, ...image]], [x, dy], op)
  const sum = new Float64Array(all.length)
  for (let i = 0; i < 11; i++) {
    const part = (values: Float32Array) => values.subarray(i * size(image), (i + 1) * size(image))
    const one = await run([[1, ...image], [1, ...image]], [part(x), part(dy)], op)
    one.forEach((value, j) => { sum[j]! += value })
  }
  const largest = Math.max(...sum.map(Math.abs))
  const worst = all.reduce((most, value, j) => Math.max(most, Math.abs(value - sum[j]!)), 0)
  expect(worst / largest).toBeLessThan(2e-6)
})
