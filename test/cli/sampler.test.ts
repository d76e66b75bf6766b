// Samples by a Gaussian mixture: every model that encodes takes it; what is drawn is the same each time.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { sizeOf } from '../../src/graph/tensor.ts'
import { drawMixture, gaussianMixture } from '../../src/metrics/index.ts'
import { type ModelName, modelNames, models } from '../../src/models/kinds.ts'
import { loadDataset, loadRun, scaledImages } from '../../src/node/index.ts'
import { decodedPng } from '../../src/node/pictures.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { ganglion, place, type Place } from './ganglion.ts'
import { smallFlags, writeBars } from './kinds.ts'

let at: Place
const MIXTURE = ['--sampler', 'gaussian-mixture', '--components', '3']
const train = (kind: string, out: string, ...more: string[]) => ganglion(
  ['train', kind, '--epochs', '1', '--quiet', '--out', at.in(out), ...more])

beforeAll(async () => {
  at = place()
  const small = ['--hidden', '8', '--latent', '2', '--batch-size', '32', '--data', at.in('images')]
  expect(await train('vae', 'vae', ...small, '--limit', '60')).toMatchObject({ code: 0, stderr: '' })
  expect(await train('gan', 'gan', '--hidden', '8', '--batch-size', '32', '--data', at.in('images'))).toMatchObject({ code: 0 })
})
afterAll(() => at.remove())

test('the picture is of codes of the mixture of those images that trained the run', async () => {
  const sampled = await ganglion(['sample', at.in('vae'), ...MIXTURE, '--count', '9', '--seed', '5'])
  expect(sampled).toMatchObject({ code: 0, stdout: `${at.in('vae', 'sample.png')}\n` })
  expect(sampled.stderr).toMatch(
    /^ganglion: 3 Gaussians fitted to the codes of 60 training images of images, in \d+ steps(, not to the end)?\n$/)
  const { model } = await loadRun(at.in('vae'))
  const images = await loadDataset(at.in('images'), { limit: 60 })
  const values = model.encode(scaledImages(images, Array.from({ length: 60 }, (_, i) => i)))
  const codes = await drawMixture(await createRuntime(), gaussianMixture({ values, width: 2 }, { components: 3 }), 9, { seed: 5 })
  const ranges = [0, 1].map((j) => values.filter((_, i) => i % 2 === j).sort())
  const within = codes.map((v, i) => Math.min(Math.max(v, ranges[i % 2]![0]!), ranges[i % 2]!.at(-1)!))
  const found = readFileSync(at.in('vae', 'sample.png'))
  expect(found.equals(decodedPng(model, within, {}))).toBe(true)
  expect((await ganglion(['sample', at.in('vae'), ...MIXTURE, '--count', '9', '--seed', '6'])).code).toBe(0)
  expect(readFileSync(at.in('vae', 'sample.png')).equals(found)).toBe(false)
})

test('evaluate compares such samples', async () => {
  const figures = async (...more: string[]) => {
    const { code, stdout } = await ganglion(['evaluate', at.in('vae'), '--samples', '100', '--json', ...more])
    expect(code).toBe(0)
    return (JSON.parse(stdout) as { distribution: { figures: { frechet: number } } }).distribution.figures
  }
  const [own, mixture] = [await figures(), await figures(...MIXTURE)]
  expect(mixture.frechet).not.toBe(own.frechet)
  expect(await figures(...MIXTURE)).toEqual(mixture)
})

const ENCODERS = modelNames.filter((kind) => models[kind]().encode)
describe('every model that encodes', () => {
  test.each(ENCODERS)('%s', async (kind: ModelName) => {
    writeBars(kind, at.in('bars-images-idx3-ubyte'), at.in('bars-labels-idx1-ubyte'), 2)
    rmSync(at.in('one'), { recursive: true, force: true })
    expect(await train(kind, 'one', '--data', at.in('bars-images-idx3-ubyte'), ...smallFlags(kind)))
      .toMatchObject({ code: 0, stderr: '' })
    expect(await ganglion(['sample', at.in('one'), ...MIXTURE, '--count', '4'])).toMatchObject({ code: 0 })
    const { model } = await loadRun(at.in('one'))
    expect(sizeOf(model.definition.codeShape)).toBeGreaterThan(0)
  }, 60_000)
})

test('what cannot be is refused', async () => {
  const refused = (message: string, code = 1) => ({ code, stdout: '', stderr: `ganglion: ${message}\n` })
  expect(await ganglion(['sample', at.in('gan'), ...MIXTURE])).toEqual(
    refused('a gan cannot have its codes fitted: it has no encoder; leave out --sampler'))
  expect(await ganglion(['sample', at.in('vae'), '--components', '3'])).toEqual(refused(
    '--components are those of a mixture; give --sampler gaussian-mixture too, or leave it out ' +
    '(see "ganglion sample --help")', 2))
  expect(await ganglion(['sample', at.in('vae'), '--sampler', 'uniform'])).toEqual(refused(
    '--sampler expected normal or gaussian-mixture, got "uniform" (see "ganglion sample --help")', 2))
  const wide = ['--filters', '2,2,2', '--latent', '80', '--batch-size', '32', '--data', at.in('images')]
  expect(await train('autoencoder', 'wide-run', ...wide)).toMatchObject({ code: 0, stderr: '' })
  expect(await ganglion(['sample', at.in('wide-run'), ...MIXTURE])).toEqual(
    refused('a code has 720 numbers, and a mixture is fitted to codes of 512 at most; leave out --sampler'))
  writeFileSync(at.in('few'), writeIdx([2, 6, 6], new Uint8Array(72)))
  expect(await ganglion(['sample', at.in('vae'), ...MIXTURE, '--data', at.in('few')])).toEqual(
    refused('--components 3 is more than the 2 training images of "few"; give fewer'))
  writeFileSync(at.in('wide'), writeIdx([20, 7, 7], new Uint8Array(980)))
  expect((await ganglion(['sample', at.in('vae'), ...MIXTURE, '--data', at.in('wide')])).stderr)
    .toContain('the images of "wide" are 7x7x1, and the model was trained on 6x6x1; give other data')
})
