// Every op there is, in the cases that `verify` digests: as ONNX, with its inputs fed, and with all but the first as weights, or
// the refusal, which names the op. And stacks of layers that nobody has thought of.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant, input, layers, ops, scoped } from '../../src/entries/index.ts'
import type { PartGraph } from '../../src/export/part.ts'
import type { Source } from '../../src/export/source.ts'
import type { Layer } from '../../src/nn/layer.ts'
import { writeOnnx } from '../../src/export/onnx/write.ts'
import { isInput, isVariable } from '../../src/graph/leaves.ts'
import type { Session } from '../../src/runtime/session.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { topological } from '../../src/graph/walk.ts'
import { drawInputs } from '../../src/verify/cases/case.ts'
import { opCases } from '../../src/verify/cases/index.ts'
import { runtime } from '../harness.ts'
import { distance, type Fed, runOnnx } from './onnx_run.ts'
import { numbers } from './parts.ts'

/** A source of a graph that is not a model's. */
function sourceOf(session: Session, build: (rows: number) => Tensor): Source {
  const graph = (rows: number): PartGraph => {
    const y = build(rows)
    const all = topological([y])
    return {
      part: 'decoder', rows, outputs: new Map([['y', y]]), variables: all.filter(isVariable),
      inputs: new Map(all.filter(isInput).map((x) => [x.attrs.name, x])),
    }
  }
  const facts = { kind: 'case', part: 'decoder', options: {}, imageShape: [], codeShape: [], digest: '', ganglion: '' } as const
  const weights: Source['weights'] = (variables) => new Map(variables.map((v) => (
    [v.attrs.name, { shape: v.shape, data: session.read(v) }])))
  return { model: { session } as Source['model'], part: 'decoder', facts, graph, weights }
}

/** What we compute, and what onnxruntime does, of a graph that is fed these values. */
async function both(session: Session, build: (rows: number) => Tensor, rows: number, values: Readonly<Record<string, Fed>>) {
  const source = sourceOf(session, build)
  const { outputs } = source.graph(rows)
  const fn = session.compile({ group: 'case', stages: [{ outputs: { y: outputs.get('y')! } }] })
  shake(session)
  for (const name of fn.inputNames) fn.feed(name, values[name]!.data as Float32Array)
  fn.run(1)
  const expected = fn.read('y')
  session.release(fn)
  const fed = Object.fromEntries(Object.entries(values).filter(([name]) => source.graph(rows).inputs.has(name)))
  const found = await runOnnx(writeOnnx(source, { layout: 'nhwc', float16: false }), fed)
  return { expected, found: found.get('y')!, shape: outputs.get('y')!.shape }
}

/** Gives weights values that no layer begins with; variances stay above 0. */
function shake(session: Session): void {
  session.variables.forEach((v, i) => {
    const values = numbers(v.size, i + 3)
    session.write(v, /variance/.test(v.attrs.name) ? values.map((x) => Math.abs(x) + 0.5) : values)
  })
}

/** Ops that no encoder or decoder has: gradients; and one that ONNX lacks, unless it is of weights alone. */
const REFUSED = [
  'avgPool2dGrad', 'cholesky', 'conv2dFilterGradient', 'depthwiseConv2dFilterGrad', 'depthwiseConv2dInputGrad', 'maxPool2dGather',
  'maxPool2dGrad', 'resizeBilinearTranspose', 'resizeNearestTranspose',
]

const session = await runtime.session()
describe.each(opCases)('$op', (cases) => {
  test.each(cases.cases.map((of, i) => [of.name ?? of.shapes.map((s) => s.join('×')).join(', ') + ` #${i}`, of] as const))(
    '%s', async (_, { shapes, apply }) => {
      const values = drawInputs(cases, shapes, 17)
      const fed = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, { shape, data: values[i]! }]))
      const inputs = () => shapes.map((shape, i) => input(`x${i}`, shape))
      const first = () => apply(...shapes.map((shape, i) => (i ? constant(values[i]!, shape) : input('x0', shape))))
      if (REFUSED.includes(cases.op)) {
        await expect(both(session, () => scoped('here', () => apply(...inputs())), 1, fed)).rejects.toThrow(
          new RegExp(`^'${cases.op}' in 'here' has no counterpart in ONNX; write the model without it`))
        return
      }
      for (const build of shapes.length > 1 ? [() => apply(...inputs()), first] : [first]) {
        const { expected, found, shape } = await both(session, build, 1, fed)
        expect(found.shape).toEqual(shape)
        expect(distance(found.data as Float32Array, expected)).toBeLessThan(1e-5)
      }
    })
})

const few = fc.integer({ min: 1, max: 3 })
const pair = fc.tuple(few, few)
const padding = fc.constantFrom('same' as const, 'valid' as const)
const window = { strides: pair, padding }
const activation = fc.constantFrom(
  'linear' as const, 'relu' as const, 'tanh' as const, 'sigmoid' as const, 'elu' as const, 'softplus' as const,
  ops.gelu, ops.softmax)
const kernelSize = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
const convolution = fc.record({ filters: few, kernelSize, ...window, dilationRate: fc.oneof(fc.constant(1), pair), activation })
const size = fc.integer({ min: 1, max: 11 })
/** Layers of images, and of rows. */
const layer = fc.oneof(
  convolution.map((options) => layers.conv2d(options)),
  convolution.map((options) => layers.conv2dTranspose(options)),
  fc.record({ kernelSize, depthMultiplier: few, ...window, activation }).map((options) => layers.depthwiseConv2d(options)),
  fc.record({ poolSize: kernelSize, ...window }).map((options) => layers.maxPooling2d(options)),
  fc.record({ poolSize: kernelSize, ...window }).map((options) => layers.averagePooling2d(options)),
  fc.record({
    height: size, width: size, interpolation: fc.constantFrom('bilinear' as const, 'nearest' as const),
  }).chain((options) => fc.constantFrom({}, { halfPixelCenters: true }, { alignCorners: true })
    .map((more) => layers.resizing({ ...options, ...more }))),
  few.map((n) => layers.upSampling2d({ size: n })),
  fc.constant(null).map(() => layers.batchNormalization()),
  fc.constant(null).map(() => layers.layerNormalization()),
  fc.constant(null).map(() => layers.groupNormalization({ groups: 1 })),
  fc.constant(null).map(() => layers.globalAveragePooling2d()),
  fc.constant(null).map(() => layers.flatten()),
  fc.constant(null).map(() => layers.leakyReLU({ alpha: 0.1 })),
  fc.constant(null).map(() => layers.dropout({ rate: 0.5 })),
  fc.record({ units: fc.integer({ min: 1, max: 12 }), activation }).map((options) => layers.dense(options)),
  fc.constantFrom([1, 1, 12], [2, 3, 2], [12]).map((targetShape) => layers.sequential('block', [
    layers.flatten(), layers.dense({ units: 12 }), layers.reshape({ targetShape }),
  ])),
)

/** Those of `stack` that fit one after another. */
function fitting(stack: readonly Layer[], shape: readonly number[]): Layer[] {
  let x: Tensor = input('x', [2, ...shape])
  return stack.filter((each, i) => {
    try {
      x = each.apply(x, new layers.Pass(false), `trial_${i}`)
      return x.size < 20_000
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  })
}

test('stacks of layers', async () => {
  const kinds = new Set<string>()
  const image = fc.tuple(size, size, fc.integer({ min: 1, max: 4 }))
  await fc.assert(fc.asyncProperty(image, fc.array(layer, { minLength: 1, maxLength: 7 }), few, async (shape, stack, rows) => {
    const fits = fitting(stack, shape)
    for (const { kind } of fits) kinds.add(kind)
    const build = (n: number) => layers.sequential('stack', fits).apply(input('x', [n, ...shape]), new layers.Pass(false))
    const x = { shape: [rows, ...shape], data: numbers(rows * shape[0] * shape[1] * shape[2], 23) }
    const { expected, found, shape: given } = await both(await runtime.session(), build, rows, { x })
    expect(found.shape).toEqual(given)
    expect(distance(found.data as Float32Array, expected)).toBeLessThan(1e-5)
  }), { numRuns: 120, seed: 20 })
  expect(kinds.size).toBe(16)
})
