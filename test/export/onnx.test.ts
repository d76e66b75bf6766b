// ONNX: what onnxruntime computes of every part of every model is what we compute, at most 1e-5 off, in both layouts and for any
// batch; what it cannot say is refused.
import { expect, test } from 'vitest'
import {
  ema, GanglionError, layers, losses, minimize, type ModelDefinition, ops, optimizers, type Pass, scoped, type Tensor,
} from '../../src/entries/index.ts'
import { partsOf } from '../../src/export/part.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { apart, fileOf } from './onnx_apart.ts'
import { chooses, trained } from './parts.ts'

const made = new Map(await Promise.all(modelNames.map(async (kind) =>
  [kind, await trained(models[kind](models[kind].verify.options))] as const)))
const all = modelNames.flatMap((kind) => partsOf(made.get(kind)!.definition).map((part) => [kind, part] as const))

test.each(all)('of %s the %s', async (kind, part) => {
  const model = made.get(kind)!
  expect(await apart(model, part, 3)).toBeLessThan(1e-5)
  expect(await apart(model, part, 1, { layout: 'nhwc' })).toBeLessThan(1e-5)
  const half = await apart(model, part, 2, { float16: true })
  // A choice has no nearly: rounded weights choose another vector where two are nearly as near, or as likely.
  if (!chooses(model, part)) expect(half).toBeLessThan(5e-3)
  expect(half).toBeGreaterThan(0)
  // The draw of a vq-vae is thousands of nodes.
}, 240_000)

const tiny = (graphs: Partial<ModelDefinition>): ModelDefinition => {
  const decoder = layers.sequential('decoder', [layers.dense({ units: 4 }), layers.reshape({ targetShape: [2, 2, 1] })])
  return {
    kind: 'tiny', options: {}, imageShape: [2, 2, 1], codeShape: [3], optimizers: [],
    train: ({ images }, pass) => [{ metrics: {
      loss: losses.meanSquaredError(images, decoder.apply(ops.zeros([images.shape[0]!, 3]), pass)),
    } }],
    decode: (codes, pass) => decoder.apply(codes, pass),
    ...graphs,
  }
}
const MEND = 'write the model without it, or export another part or format'

test.each([
  ['vq-vae', 'encoder', true], ['vq-vae', 'decoder', false], ['cvae', 'encoder', false], ['cgan', 'generator', false],
] as const)(
  'of %s the %s chooses: %s', (kind, part, choice) => expect(chooses(made.get(kind)!, part)).toBe(choice))

test.each<[string, Partial<ModelDefinition>, string]>([
  ['an op without a counterpart', {
    encode: (images, pass) => scoped('blur', () => ops.add(
      ops.slice(ops.reshape(images, [images.shape[0]!, 4]), [0, 0], [-1, 3]), ops.randomNormal([3], pass.stream('noise')))),
  }, `'randomNormal' in 'blur' has no counterpart in ONNX; ${MEND}`],
  ['what depends on the size of the batch', {
    encode: (images) => {
      const rows = ops.slice(ops.reshape(images, [images.shape[0]!, 4]), [0, 0], [-1, 3])
      return scoped('centre', () => ops.sub(rows, ops.mean(rows, 0)))
    },
  }, "'sum' in 'centre' computes of a row what depends on how many rows there are, which a file for batches of any size cannot " +
    'say; decode and encode each row for itself'],
  ['a part of a batch', {
    encode: (images) => scoped('half', () => {
      const rows = ops.slice(ops.reshape(images, [images.shape[0]!, 4]), [0, 0], [-1, 3])
      const twice = ops.concat([rows, rows], 0)
      return ops.slice(twice, [0, 0], [images.shape[0]!, 3])
    }),
  }, `'slice' in 'half' takes a part of the batch, which a file for batches of any size cannot say; ${MEND}`],
])('%s is refused, and named', async (_, graphs, message) => {
  const model = await trained(tiny(graphs))
  await expect(fileOf(model, { part: 'encoder' })).rejects.toThrow(new GanglionError(message))
  expect((await fileOf(model, { part: 'decoder' })).length).toBeGreaterThan(0)
})

test('what weights alone are made of is computed before, and a batch normalization is one node', async () => {
  const text = Buffer.from(await fileOf(made.get('dcgan')!, {})).toString('latin1')
  expect(text).toContain('BatchNormalization')
  expect(text).not.toMatch(/Sqrt|Reciprocal/)
})

test('weights that half floats do not hold are refused, and named', async () => {
  const model = await trained(tiny({}))
  const kernel = model.session.variables.find(({ attrs: { name } }) => name === 'decoder/dense/kernel')!
  model.session.write(kernel, new Float32Array(kernel.size).fill(65536))
  await expect(fileOf(model, { float16: true })).rejects.toThrow(new GanglionError(
    "'decoder/dense/kernel' holds 65536, and float16 holds 65504 at most; export it without float16"))
})

test('averaged weights, where the model decodes with them, and those alone; labels as integers', async () => {
  const net = layers.sequential('generator', [layers.dense({ units: 6 }), layers.dense({ units: 4, activation: 'tanh' })])
  const average = ema([net], { decay: 0.5 })
  const optimizer = optimizers.sgd({ learningRate: 0.1 })
  const ofClass = (codes: Tensor, pass: Pass, labels: Tensor) => ops.reshape(
    net.apply(ops.concat([codes, ops.oneHot(labels, 3)], 1), pass), [codes.shape[0]!, 2, 2, 1])
  const model = await trained({
    kind: 'averaged', options: {}, imageShape: [2, 2, 1], codeShape: [2], classes: 3, optimizers: [optimizer],
    train({ images, labels }, pass) {
      const loss = losses.meanSquaredError(images, ofClass(ops.ones([images.shape[0]!, 2]), pass, labels!))
      return [minimize(optimizer, loss, [net], { metrics: { loss } }), average.stage()]
    },
    decode: (codes, pass, labels) => average.apply(ofClass(codes, pass, labels!)),
  })
  expect(await apart(model, 'generator', 5)).toBeLessThan(1e-5)
  const names = Buffer.from(await fileOf(model, {})).toString('latin1').match(/(ema\/)?generator\/dense(_1)?\/(kernel|bias)/g)
  expect(new Set(names)).toEqual(new Set(['kernel', 'bias'].flatMap((name) => [
    `ema/generator/dense/${name}`, `ema/generator/dense_1/${name}`])))
})
