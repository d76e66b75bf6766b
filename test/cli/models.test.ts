// `ganglion models`: all that there are, their parameters counted, and what a step of each costs here.
import { expect, test } from 'vitest'
import { modelNames, models } from '../../src/models/kinds.ts'
import { ganglion } from './ganglion.ts'

const SMALL = ['--size', '8', '--batch-size', '2']

test('lists each model with its paper, what it is for, parameters and cost', async () => {
  const { code, stdout, stderr } = await ganglion(['models', ...SMALL])
  expect([code, stderr]).toEqual([0, ''])
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBe(3 * modelNames.length)
  modelNames.forEach((name, i) => {
    const [first, second, third] = lines.slice(3 * i, 3 * i + 3)
    expect(first).toBe(`${name}: ${models[name].summary}`)
    expect(second).toContain(models[name].paper)
    expect(third).toMatch(
      /^ {2}[\d.]+ (million|thousand) parameters; a step of 2 images of 8x8x1: [\d.]+ ms here, [\d.]+ ms an image$/)
  })
})

test('as JSON, with the options', async () => {
  const { stdout } = await ganglion(['models', 'vae', 'dcgan', '--json', '--size', '6x10', '--channels', '3', ...SMALL.slice(2)])
  const { vae, dcgan, ...others } = JSON.parse(stdout) as Record<string, Record<string, unknown>>
  expect(others).toEqual({})
  const [pixels, hidden, latent] = [180, 400, 20]
  const parameters = (pixels + 1) * hidden + 2 * (hidden + 1) * latent + (latent + 1) * hidden + (hidden + 1) * pixels
  expect(vae).toMatchObject({
    paper: models.vae.paper, step: { imageShape: [6, 10, 3], batchSize: 2, parameters },
    options: { latent: { default: latent }, hidden: { default: hidden } },
  })
  expect((vae!['step'] as { milliseconds: number }).milliseconds).toBeGreaterThan(0)
  expect(dcgan!['refused']).toContain('the dcgan takes images whose sides four divides')
  expect(dcgan!['step']).toBeUndefined()
})

test('a model that is named has its flags, and a misspelt one is said', async () => {
  const { stdout } = await ganglion(['models', 'vae', ...SMALL])
  expect(stdout).toMatch(/^vae: .*\n.*\n.*\n {2}--latent N {6,}size of the code \[20\]\n/)
  expect((await ganglion(['models', 'vea'])).stderr).toBe(
    'ganglion: unknown model "vea"; did you mean vae? (see "ganglion models --help")\n')
})
