// Labels as weights of classes, of every conditional model of the registry: a one-hot row is the class number to the bit, others
// are between classes as a class would be whose own weights are the mean of theirs.
import { describe, expect, it } from 'vitest'
import { modelNames, models, type ModelName } from '../../src/models/kinds.ts'
import { readsLabels, type RowOptions } from '../../src/train/inference.ts'
import type { Model } from '../../src/train/model.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { newModel, trained } from '../train/data.ts'
import { picturesOf } from './sizes.ts'

const [CLASSES, ROWS] = [3, 70]
const conditional = modelNames.filter((kind) => 'classes' in models[kind].options)
const data = { ...picturesOf('smooth', 24, [16, 16, 1]), labels: Uint8Array.from({ length: 24 }, (_, i) => i % CLASSES) }

/** Trained for some steps, so that no class has the weights that another has. */
async function modelOf(kind: ModelName): Promise<Model> {
  const model = await newModel(models[kind]({ ...models[kind].verify.options, classes: CLASSES, imageShape: [16, 16, 1] }))
  await trained(model, data, { batchSize: 8, epochs: 4 })
  return model
}
const weightsOf = (labels: readonly number[]) => Float32Array.from({ length: labels.length * CLASSES }, (_, i) => (
  Number(labels[Math.floor(i / CLASSES)] === i % CLASSES)))
const largest = (a: Float32Array, b: Float32Array) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)

it('there are such models', () => {
  expect(conditional).toEqual(expect.arrayContaining(['acgan', 'cgan', 'cvae', 'vq-vae']))
})

describe.each(conditional)('%s', (kind) => {
  const labels = Array.from({ length: ROWS }, (_, i) => (2 * i) % CLASSES)
  const classWeights = weightsOf(labels)

  it('takes a one-hot row for the class number, to the bit', async () => {
    const model = await modelOf(kind)
    const codes = model.drawCodes(ROWS, { labels })
    expect(model.drawCodes(ROWS, { classWeights })).toEqual(codes)
    expect(model.sample(ROWS, { classWeights })).toEqual(model.sample(ROWS, { labels }))
    expect(model.decode(codes, { classWeights: Array.from(classWeights) })).toEqual(model.decode(codes, { labels }))
    if (!model.definition.encode) return
    const images = scaledImages(data, Array.from({ length: ROWS }, (_, i) => i % data.count))
    expect(model.encode(images, { classWeights })).toEqual(model.encode(images, { labels }))
    expect(model.reconstruct(images, { classWeights })).toEqual(model.reconstruct(images, { labels }))
  })

  it('is between classes as a class with their mean would be', async () => {
    const model = await modelOf(kind)
    const { codeShape } = model.definition
    const code = codeShape.reduce((n, d) => n * d, 1)
    const told = readsLabels(model.definition, 'decode')
    const between = Float32Array.from({ length: ROWS * CLASSES }, (_, i) => [0.25, 0.75, 0][i % CLASSES]!)
    const codes = model.drawCodes(ROWS, { label: 2 })
    const made = (of: RowOptions): Float32Array => (told ? model.decode(codes, of) : model.drawCodes(ROWS, of))
    const mixed = made({ classWeights: between })
    for (const label of [0, 1, 2]) expect(largest(mixed, made({ label })), `${label}`).toBeGreaterThan(1e-3)
    // The rows of classes in the first kernel that reads them, and in its average: the last class gets the mean of the others.
    const weights = model.weights()
    const all = [...weights].filter(([key, tensor]) => tensor.shape.length === 2 && (told
      ? /^(ema\/)?(generator|decoder)\//.test(key) && tensor.shape[0] === code + CLASSES : /label/.test(key)))
    const [, { shape: [, units] }] = all[0]!
    const kernels = all.filter(([, { shape }]) => shape[1] === units)
    for (const [, { data: kernel }] of kernels) {
      const at = (label: number, unit: number) => kernel.length - (CLASSES - label) * units! + unit
      for (let unit = 0; unit < units!; unit++) {
        kernel[at(2, unit)] = 0.25 * kernel[at(0, unit)]! + 0.75 * kernel[at(1, unit)]!
      }
    }
    model.loadWeights(new Map([...weights, ...kernels]))
    expect(largest(made({ classWeights: between }), mixed)).toBe(0)
    expect(largest(made({ label: 2 }), mixed)).toBeLessThan(1e-4)
  })

  it('wants labels of images and codes only where it reads them', async () => {
    const model = await modelOf(kind)
    const codes = model.drawCodes(3, { label: 1 })
    const refusal = `${kind} has ${CLASSES} classes, and no labels are given`
    if (readsLabels(model.definition, 'decode')) expect(() => model.decode(codes)).toThrow(refusal)
    else expect(model.decode(codes)).toEqual(model.decode(codes, { label: 1 }))
    if (!model.definition.encode) return
    const images = scaledImages(data, [0, 1, 2])
    if (readsLabels(model.definition, 'encode')) expect(() => model.encode(images)).toThrow(refusal)
    else expect(model.encode(images)).toEqual(model.encode(images, { label: 1 }))
  })
})
