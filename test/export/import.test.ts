// Weights of other tools: what is exported comes back the same; an autoencoder of PyTorch's has here the loss that it has there;
// training goes on; what does not fit is named, and nothing changes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { autoencoder, gan, imageDataset, Model } from '../../src/entries/index.ts'
import { exportModel, importWeights } from '../../src/export/index.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { decodeSafetensors, type SavedTensor } from '../../src/formats/safetensors.ts'
import { permuted } from '../../src/export/fold.ts'
import { graphOf, partsOf } from '../../src/export/part.ts'
import { type ModelName, modelNames, models } from '../../src/models/kinds.ts'
import { loadRun } from '../../src/node/index.ts'
import { ganglion } from '../cli/ganglion.ts'
import { runtime } from '../harness.ts'
import { trained } from './parts.ts'

const golden = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url))
const PYTORCH = golden('pytorch.safetensors')
const { loss: LOSS } = JSON.parse(golden('pytorch.json').toString()) as { loss: number }
const folder = mkdtempSync(join(tmpdir(), 'ganglion-import-'))
afterAll(() => rmSync(folder, { recursive: true }))

const tensorsOf = async (model: Model, options: object) => {
  const files = await exportModel(model, 'safetensors', options)
  return decodeSafetensors(files.get('model.safetensors') as Uint8Array).tensors
}

/** Without averages, which take the weights' place in a file: of them is the test below. */
const define = (kind: ModelName) =>
  models[kind]({ ...models[kind].verify.options, ...('ema' in models[kind].options && { ema: 0 }) })

describe.each(['pytorch', 'keras'] as const)('exported for %s', (tool) => {
  test.each(modelNames)('and back: %s', async (kind) => {
    const model = await trained(define(kind))
    const all = new Map<string, SavedTensor>()
    // Of which the others are made.
    const parts = partsOf(model.definition).filter((part) => part !== 'generator' && part !== 'autoencoder')
    for (const part of parts) {
      for (const [name, tensor] of await tensorsOf(model, { part, for: tool })) all.set(name, tensor)
    }
    // What a program computes of its weights is a constant of the file, and no weight: for PyTorch a book of vectors, too.
    for (const name of all.keys()) if (!/[./]/.test(name)) all.delete(name)
    const exported = new Set(parts.flatMap((part) => graphOf(model.definition, part, 2).variables.map((v) => v.attrs.name)))
    for (const { attrs: { name, role } } of model.session.variables) {
      // In no part are a VAE's log-variance, as encode gives means, what says an image's class, and a prior of codes.
      if (role !== 'parameter' ? !name.startsWith('codebook/') : exported.has(name)) continue
      const { data, shape } = model.weights().get(name)!
      const turned = tool === 'pytorch' && name.endsWith('/kernel') ? (shape.length === 4 ? [3, 2, 0, 1] : [1, 0]) : undefined
      const torch = name.replaceAll('/', '.').replace('kernel', 'weight')
      all.set(tool === 'pytorch' ? torch : name, turned ? {
        shape: turned.map((axis) => shape[axis]!), data: permuted(data as Float32Array, shape, turned),
      } : { shape, data })
    }
    const fresh = await Model.create(runtime, define(kind), { seed: 9 })
    const { from, names } = importWeights(fresh, all)
    expect(from).toBe(tool)
    const [ours, theirs] = [model.weights(), fresh.weights()]
    expect(names.size).toBeGreaterThan(3)
    const vectorOf = (name: string) => name.replace(/\/kernel$/, '/vector_u')
    for (const name of names.keys()) {
      // For PyTorch a spectrally normalized kernel is written as what it comes to: divided by a number.
      const isDivided = tool === 'pytorch' && name.endsWith('/kernel') && ours.has(vectorOf(name))
      const [{ data: a }, { data: b }] = [ours.get(name)!, theirs.get(name)!]
      if (!isDivided) expect(b, name).toEqual(a)
      else b.forEach((x, i) => expect(x, name).toBeCloseTo(a[i]! * (b[0]! / a[0]!), 5))
    }
    const left = [...ours.keys()].filter((name) => !names.has(name))
    const isLeft = tool === 'pytorch' ? /^codes\/|adam|\/vector_u$/ : /^codes\/|adam/
    expect(left.filter((name) => !isLeft.test(name))).toEqual([])
  })
})

test.each(['pytorch', 'keras'] as const)('averages that draw come back as weights and as averages: %s', async (tool) => {
  const define = () => gan({ hidden: 8, discriminatorHidden: 6, latent: 3, ema: 0.9 })
  const model = await trained(define())
  const all = new Map<string, SavedTensor>()
  for (const part of ['decoder', 'discriminator'] as const) {
    for (const [name, tensor] of await tensorsOf(model, { part, for: tool })) all.set(name, tensor)
  }
  expect([...all.keys()].filter((name) => name.startsWith('ema'))).toEqual([])
  const fresh = await Model.create(runtime, define(), { seed: 9 })
  importWeights(fresh, all)
  const [ours, theirs] = [model.weights(), fresh.weights()]
  const average = ours.get('ema/generator/dense/kernel')!
  expect(average).not.toEqual(ours.get('generator/dense/kernel'))
  for (const name of ['ema/generator/dense/kernel', 'generator/dense/kernel']) expect(theirs.get(name), name).toEqual(average)
  expect(fresh.sample(3, { seed: 2 })).toEqual(model.sample(3, { seed: 2 }))
})

test("PyTorch's autoencoder, in PyTorch's own names, has here the loss that it has there", async () => {
  const model = await Model.create(runtime, autoencoder())
  const { names } = importWeights(model, decodeSafetensors(PYTORCH).tensors, 'pytorch.safetensors')
  expect(names.get('decoder/conv2dTranspose_1/kernel')).toBe('decoder.2.weight')
  const images = Uint8Array.from({ length: 6 * 784 }, (_, i) => (i * 37) % 256)
  const { loss } = model.evaluate(imageDataset({ images, shape: [28, 28, 1] }))
  expect(Math.abs(loss - LOSS) / LOSS).toBeLessThan(1e-5)
})

describe('the command line', () => {
  const weights = join(folder, 'weights.safetensors')
  writeFileSync(weights, PYTORCH)
  const images = join(folder, 'images')
  writeFileSync(images, writeIdx([96, 28, 28], Uint8Array.from({ length: 96 * 784 }, (_, i) => (i * 37) % 256)))
  const run = join(folder, 'run')
  const imported = (...args: string[]) => ganglion(['import', ...args, '--data', images])

  test('makes a run of a file, with which training goes on', async () => {
    const options = ['--model', 'autoencoder', '--batch-size', '32', '--epochs', '1', '--out', run]
    const { code, stdout, stderr } = await imported(weights, ...options)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`${run}: 10 weights of PyTorch; ganglion train --resume ${run} goes on\n`)
    const { model } = await loadRun(run, { state: true, runtime })
    const kernel = model.weights().get('encoder/conv2d/kernel')!
    const theirs = decodeSafetensors(PYTORCH).tensors.get('encoder.0.weight')!
    expect(kernel.data[1]).toBe(theirs.data[9])
    expect((await ganglion(['train', '--resume', run, '--quiet'])).code).toBe(0)
    const { model: after } = await loadRun(run, { state: true, runtime })
    expect(after.weights().get('encoder/conv2d/kernel')!.data).not.toEqual(kernel.data)
  })

  const fit = 'give the options that the model was made with, or another model'
  test.each<[string, readonly string[], string]>([
    ['a file that is not there', [join(folder, 'none'), '--model', 'vae'],
      `cannot read "${join(folder, 'none')}": there is no such file; give the path of a .safetensors file`],
    ['a file of another architecture', [weights, '--model', 'vae'],
      `"${weights}" does not fit the model: 'decoder.0.weight' is [8, 16, 3, 3], and 'encoder/dense/kernel' takes ` +
      `[400, 784]; ${fit}`],
    ['other options', [weights, '--model', 'autoencoder', '--latent', '4'],
      `"${weights}" does not fit the model: 'encoder.3.weight' is [8, 16, 3, 3], and 'encoder/conv2d_1/kernel' takes ` +
      `[4, 16, 3, 3]; ${fit}`],
  ])('%s is refused, and nothing is made', async (_, args, message) => {
    const out = join(folder, 'refused')
    expect(await imported(...args, '--out', out)).toEqual({ code: 1, stdout: '', stderr: `ganglion: ${message}\n` })
    expect(await imported(...args, '--out', out)).toEqual({ code: 1, stdout: '', stderr: `ganglion: ${message}\n` })
  })
})

test('what is missing, and what is too much, is named; nothing changes', async () => {
  const model = await Model.create(runtime, autoencoder())
  const before = await model.digest()
  const { tensors } = decodeSafetensors(PYTORCH)
  const without = new Map([...tensors].filter(([name]) => name !== 'decoder.4.bias'))
  const misfit = '"f" does not fit the model: '
  expect(() => importWeights(model, without, 'f')).toThrow(`${misfit}it has nothing for 'decoder/conv2dTranspose_2/bias'; `)
  const more = new Map([...tensors, ['decoder.9.weight', tensors.get('decoder.4.bias')!]])
  expect(() => importWeights(model, more, 'f')).toThrow(`${misfit}'decoder.9.weight' is of no layer of the model; `)
  expect(await model.digest()).toBe(before)
})
