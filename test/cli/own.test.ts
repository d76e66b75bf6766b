// A model of one's own on the command line: a module trains, goes on, is shown and judged; one that is missing or changed is
// refused in a sentence. The module takes the package's sources, as this process does.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { modelNames } from '../../src/models/kinds.ts'
import { vae } from '../../src/models/vae.ts'
import { loadRun } from '../../src/node/run.ts'
import { built } from '../dist.ts'
import { type Place, place, spawned } from './ganglion.ts'

const library = pathToFileURL(built('index.js')).href

/** A linear autoencoder of the images that it is given. */
const MINE = `
import { defineModel, layers, losses, minimize, ops, optimizers, options } from '${library}'
const { count, imageShape, option } = options
export default defineModel({
  kind: 'mine', summary: 'a linear autoencoder', epochs: 1,
  options: { latent: option(count, 3, 'size of the code'), imageShape: option(imageShape, [1, 1, 1], 'the shape of the images') },
}, ({ latent, imageShape }) => {
  const pixels = imageShape.reduce((n, d) => n * d, 1)
  const flat = (x) => ops.reshape(x, [x.shape[0], pixels])
  const encoder = layers.sequential('encoder', [layers.dense({ units: latent })])
  const decoder = layers.sequential('decoder', [layers.dense({ units: pixels })])
  const optimizer = optimizers.adam({ learningRate: 0.01 })
  const encode = (images, pass) => encoder.apply(flat(images), pass)
  const lossOf = (images, pass) => losses.meanSquaredError(flat(images), decoder.apply(encode(images, pass), pass))
  return {
    imageShape, codeShape: [latent], optimizers: [optimizer], encode,
    train: ({ images }, pass) => [minimize(optimizer, lossOf(images, pass), [encoder, decoder])],
    evaluate: ({ images }, pass) => ({ loss: ops.mul(lossOf(images, pass), images.shape[0]) }),
    decode: (codes, pass) => ops.reshape(decoder.apply(codes, pass), [codes.shape[0], ...imageShape]),
  }
})
`

let at: Place
beforeEach(() => {
  at = place()
  writeFileSync(at.in('mine.mjs'), MINE)
})
afterEach(() => at.remove())

const ganglion = (...args: string[]) => spawned(args, at.path)
const SMALL = ['--data', 'images', '--batch-size', '32', '--quiet']
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const configOf = (run: string) => JSON.parse(read(run, 'config.json')) as { command: string, model: Record<string, unknown> }

async function says(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const outcome = await ganglion(...args)
  expect(outcome.stderr).toMatch(message)
  expect(outcome.code).toBe(code)
}

test('trains, is shown and judged, and goes on to the bit', async () => {
  expect(await ganglion('train', '--model', './mine.mjs', '--latent', '2', '--epochs', '2', ...SMALL)).toMatchObject({
    code: 0, stderr: '', stdout: expect.stringContaining('kept in   runs/mine\n') as string,
  })
  const { command, model } = configOf('runs/mine')
  expect(model).toMatchObject({
    kind: 'mine', options: { latent: 2, imageShape: [6, 6, 1] }, imageShape: [6, 6, 1],
    module: { path: at.in('mine.mjs'), relative: '../../mine.mjs' },
  })
  expect(command).toContain(`ganglion train --model ${at.in('mine.mjs')} --data ${at.in('images')} `)
  expect(command).toMatch(/ --latent 2$/)
  for (const name of ['sample', 'reconstruct', 'interpolate']) {
    expect(await ganglion(name, 'runs/mine')).toMatchObject({ code: 0, stdout: `runs/mine/${name}.png\n`, stderr: '' })
  }
  expect((await ganglion('evaluate', 'runs/mine', '--samples', '0')).stdout).toMatch(/^loss [\d.]+ {2}\(96 training images of images\)\n$/)

  await ganglion('train', '--model', 'mine.mjs', '--latent', '2', '--out', 'two', ...SMALL)
  expect(await ganglion('train', '--resume', 'two', '--epochs', '2', '--quiet')).toMatchObject({ code: 0, stderr: '' })
  expect(read('two', 'digest.txt')).toBe(read('runs/mine', 'digest.txt'))
  await says(['train', '--resume', 'two', '--epochs', '3', '--latent', '5'], 2, /--latent 5 is not that of the run "two", which has 2/)
})

test('moves with its module, and is refused where that is missing or changed, unless it is named', async () => {
  await ganglion('train', '--model', 'mine.mjs', '--out', 'there/run', ...SMALL)
  writeFileSync(at.in('mine.mjs'), `${MINE}\n// changed`)
  await says(['sample', 'there/run'], 1,
    /^ganglion: ".*mine\.mjs" was changed since the run "there\/run" was trained with it; bring it back, or name it with --model /)
  await says(['train', '--resume', 'there/run', '--epochs', '2'], 1, /was changed since the run/)
  for (const name of ['sample', 'evaluate']) await says([name, 'there/run', '--model', 'mine.mjs'], 0, /^$/)
  await says(['train', '--resume', 'there/run', '--epochs', '2', '--model', 'mine.mjs', '--quiet'], 0, /^$/)
  await says(['sample', 'there/run'], 0, /^$/)
  rmSync(at.in('mine.mjs'))
  await says(['sample', 'there/run'], 1, /^ganglion: the model of the run "there\/run" is missing: its module was ".*mine\.mjs"; /)
  mkdirSync(at.in('moved'))
  writeFileSync(at.in('mine.mjs'), `${MINE}\n// changed`)
  copyFileSync(at.in('mine.mjs'), at.in('moved', 'mine.mjs'))
  await says(['sample', 'there/run'], 0, /^$/)
})

describe('what is no model', () => {
  test.each([
    ['nothing.mjs', undefined, 'cannot read the model "nothing.mjs": there is no such file; give the path of a '],
    ['broken.mjs', 'export default (', 'cannot load the model "broken.mjs": .*; run it with node to see where'],
    ['none.mjs', 'export const a = 1', '"none.mjs" expected a default export that is a definition .*, and it has none; '],
    ['number.mjs', 'export default 3', '"number.mjs" expected a default export .*, and it exports 3; '],
    ['empty.mjs', 'export default () => ({})', '"empty.mjs" made no definition: an object with imageShape, codeShape, '],
    ['other.mjs', `export { vae as default } from '${library}'; export const x = 1`, undefined],
    ['fixed.mjs', `import { vae } from '${library}'; export default vae({ hidden: 4 })`,
      'images of 6x6x1 were given, and the model of "fixed.mjs" takes 28x28x1; resize the images, or make the model of the '],
  ])('%s', async (file, text, message) => {
    if (text) writeFileSync(at.in(file), text)
    await says(['train', '--model', file, '--out', 'run', '--epochs', '1', ...SMALL], message ? 1 : 0,
      new RegExp(message ? `^ganglion: ${message}` : '^$'))
  })
  test('with a name beside it', () => says(['train', 'vae', '--model', 'mine.mjs'], 2,
    /^ganglion: --model says which model to train; leave out "vae" /))
  test('an option that it does not have', () => says(['train', '--model', 'mine.mjs', '--hidden', '3'], 2,
    /^ganglion: unknown option --hidden /))
})

test('loadRun takes what makes the model; a function of images and classes gets them', async () => {
  writeFileSync(at.in('plain.mjs'), `import { vae } from '${library}'
    export default ({ imageShape, classes, options }) => {
      if (classes !== undefined) throw new Error('these images have no labels')
      return { ...vae({ hidden: 4, latent: 2, imageShape, ...options }), kind: 'plain' }
    }`)
  await says(['train', '--model', 'plain.mjs', '--epochs', '1', '--out', 'run', ...SMALL], 0, /^$/)
  const seen: object[] = []
  const { model } = await loadRun(at.in('run'), {
    state: true,
    define(made) {
      seen.push(made)
      return vae(made.options)
    },
  })
  expect(seen).toMatchObject([{ kind: 'plain', imageShape: [6, 6, 1], options: { hidden: 4, latent: 2, imageShape: [6, 6, 1] } }])
  expect(`${await model.digest()}\n`).toBe(read('run', 'digest.txt'))

  const config = configOf('run')
  delete config.model['module']
  writeFileSync(at.in('run', 'config.json'), JSON.stringify(config))
  await expect(loadRun(at.in('run'))).rejects.toThrow(new GanglionError(`the run "${at.in('run')}" is of the model "plain", ` +
    `which is none of the package (${modelNames.join(', ')}); give the module that makes it, ` +
    'or { define } to loadRun'))
  await says(['sample', 'run', '--model', resolve(at.path, 'plain.mjs')], 0, /^$/)
})
