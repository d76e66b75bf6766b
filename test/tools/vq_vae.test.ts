// A step of the vq-vae beside Debian's PyTorch in float64: losses, the gradient of every weight, and the book after it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import { input, isVariable } from '../../src/graph/leaves.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { vqVae } from '../../src/models/vq_vae.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { picturesOf } from '../models/sizes.ts'
import { newModel, trained } from '../train/data.ts'
import { missing, python } from './python.ts'

const why = missing('torch')
const folder = mkdtempSync(join(tmpdir(), 'ganglion-vq-vae-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Expected {
  readonly metrics: Readonly<Record<string, number>>
  readonly grads: Readonly<Record<string, readonly number[]>>
  readonly book: Readonly<Record<'count' | 'sum', readonly number[]>>
}
const largest = (values: Iterable<number>) => [...values].reduce((m, v) => Math.max(m, Math.abs(v)), 0)
const apart = (a: ArrayLike<number>, b: readonly number[]) => {
  expect(a.length).toBe(b.length)
  return largest(b.map((v, i) => v - a[i]!)) / largest(b)
}

test.skipIf(why).each([0, 3])(`a step, %i classes${why ? `: ${why}` : ''}`, async (classes) => {
  const [rows, commitment, decay] = [6, 0.4, 0.9]
  const labels = Uint8Array.from({ length: rows }, (_, i) => i % 3)
  const { images: pictures } = picturesOf('smooth', rows, [8, 8, 1])
  const data = imageDataset({ images: pictures, shape: [8, 8, 1], labels, classes: 3 })
  const definition = vqVae({
    imageShape: [8, 8, 1], codeSide: 4, vectors: 4, depth: 3, filters: 3, priorUnits: 4, priorBlocks: 2, commitment, decay,
    classes,
  })
  const model = await newModel(definition)
  await trained(model, data, { epochs: 30, batchSize: rows })
  const images = scaledImages(data, Array.from({ length: rows }, (_, i) => i))
  const weights = Object.fromEntries([...model.weights()]
    .map(([name, { shape, data: values }]) => [name, { shape, data: [...values] }]))
  const file = join(folder, 'step.json')
  const given = { images: { shape: [rows, 8, 8, 1], data: [...images] }, labels: [...labels], commitment, decay }
  writeFileSync(file, JSON.stringify({ weights, ...given }))
  const wanted = JSON.parse(python(fileURLToPath(new URL('vq_vae_step.py', import.meta.url)), file)) as Expected

  const batch = { images: input('x', [rows, 8, 8, 1]), ...(classes && { labels: input('labels', [rows]) }) }
  const [stage] = trainingStages(definition, batch)
  const grads = Object.fromEntries(stage!.updates!.flatMap(({ op, inputs: [v, ...rest] }) => (
    op.name === 'optimizer' && isVariable(v!) ? [[v.attrs.name, rest.at(-1)!]] : [])))
  const outputs = { ...stage!.metrics, ...grads }
  const fn = model.session.compile({ group: 'train', stages: [{ outputs, updates: stage!.updates! }] })
  if (classes) fn.feed('labels', labels)
  fn.feed('x', images).run(1)
  for (const [name, value] of Object.entries(wanted.metrics)) expect(fn.read(name)[0]! / value, name).toBeCloseTo(1, 5)
  expect(Object.keys(wanted.metrics)).toEqual(Object.keys(stage!.metrics!))
  expect('prior/label/kernel' in wanted.grads).toBe(classes > 0)
  expect(Object.keys(wanted.grads).sort()).toEqual(Object.keys(grads).sort())
  for (const [name, value] of Object.entries(wanted.grads)) expect(apart(fn.read(name), value), name).toBeLessThan(1e-5)
  const now = model.weights()
  for (const name of ['count', 'sum'] as const) {
    expect(apart(now.get(`codebook/${name}`)!.data as Float32Array, wanted.book[name]), name).toBeLessThan(1e-5)
  }
}, 60_000)
