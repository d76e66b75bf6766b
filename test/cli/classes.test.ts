// Models of classes on the command line: folders are classes, and one is asked for by its name or its number.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodePng, encodePng } from '../../src/node/png.ts'
import { modelNames, needsClasses } from '../../src/models/kinds.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
const NAMES = ['bright', 'dark', 'grey']
const refused = (message: string) => ({ code: 1, stdout: '', stderr: `ganglion: ${message}\n` })

beforeAll(async () => {
  at = place()
  NAMES.forEach((name, label) => {
    mkdirSync(at.in('photos', name), { recursive: true })
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 64 }, (_, j) => [250, 3, 120][label]! + (i + j) % 5)
      writeFileSync(at.in('photos', name, `${i}.png`), encodePng({ width: 8, height: 8, channels: 1, pixels }))
    }
  })
  await train('cvae', 'run', '--filters 2 --hidden 8 --latent 2 --epochs 30')
  await train('vq-vae', 'book', '--filters 2 --depth 2 --vectors 4 --code-side 4 --prior-units 8 --prior-blocks 1 --epochs 60')
}, 120_000)
afterAll(() => at.remove())

async function train(model: string, run: string, small: string, data = 'photos'): Promise<void> {
  const options = [...small.split(' '), '--batch-size', '12', '--learning-rate', '0.01', '--quiet', '--out', at.in(run)]
  const { code, stderr } = await ganglion(['train', model, '--data', at.in(data), ...options])
  expect([code, stderr]).toEqual([0, ''])
}

/** The mean grey of 16 images, 0 … 255. */
async function greyOf(name: string, run = 'run'): Promise<number> {
  const out = at.in(`${name}.png`)
  const drawn = await ganglion(['sample', at.in(run), '--class', name, '--count', '16', '--out', out])
  expect(drawn).toMatchObject({ code: 0, stderr: '' })
  const { rgba } = decodePng(readFileSync(out))
  return Array.from(rgba).reduce((a, b) => a + b, 0) / rgba.length
}

describe('sample and interpolate --class', () => {
  test('draw images of the class, by its name or its number', async () => {
    const [bright, dark] = [await greyOf('bright'), await greyOf('dark')]
    expect(bright - dark).toBeGreaterThan(40)
    expect(await greyOf('1')).toBe(dark)
    const out = at.in('walk.png')
    const walk = ['interpolate', at.in('run'), '--class', 'bright', '--rows', '2', '--steps', '3', '--out', out]
    expect(await ganglion(walk)).toMatchObject({ code: 0, stderr: '' })
    const walked = readFileSync(out)
    await ganglion([...walk.slice(0, 3), 'dark', ...walk.slice(4)])
    expect(readFileSync(out).equals(walked)).toBe(false)
  })
  test('interpolate --to-class walks from one class to the other; with --same-code the class alone changes', async () => {
    const out = at.in('between.png')
    const walk = async (...more: string[]) => {
      const steps = ['--rows', '4', '--steps', '5', '--out', out]
      const { code, stderr } = await ganglion(['interpolate', at.in('run'), ...steps, ...more])
      expect([code, stderr]).toEqual([0, ''])
      const { rgba, width } = decodePng(readFileSync(out))
      const column = (i: number) => Array.from(rgba).filter((_, j) => Math.floor(((j >> 2) % width - 2) / 26) === i)
      return Array.from({ length: 5 }, (_, i) => column(i).reduce((a, b) => a + b, 0) / column(i).length)
    }
    for (const more of [[], ['--same-code']]) {
      const greys = await walk('--class', 'bright', '--to-class', 'dark', ...more)
      expect(greys[0]! - greys[4]!).toBeGreaterThan(40)
      expect(greys[2]).toBeLessThan(greys[0]!)
      expect(greys[2]).toBeGreaterThan(greys[4]!)
    }
    expect(await ganglion(['interpolate', at.in('run'), '--to-class', 'drak'])).toEqual(refused(
      'there is no class "drak", expected a number from 0 to 2 or a name; did you mean dark?'))
    expect(await ganglion(['interpolate', at.in('book'), '--to-class', 'dark', '--same-code'])).toEqual(refused(
      'the decoder of a vq-vae is told no class: in a walk of one code nothing would change; let the code walk too'))
  })
  test('draw them of a vq-vae, whose prior is told the class; of images without labels it has none', async () => {
    expect(await greyOf('bright', 'book') - await greyOf('dark', 'book')).toBeGreaterThan(40)
    await train('vq-vae', 'plain', '--filters 2 --depth 2 --vectors 4 --code-side 4 --epochs 1', 'images')
    expect(await ganglion(['sample', at.in('plain'), '--class', '1', '--out', at.in('none.png')])).toEqual(
      refused('--class 1 is given, and a vq-vae has no classes; leave it out'))
  })
  test('say which classes there are', async () => {
    const none = (name: string) => ganglion(['sample', at.in('run'), '--class', name])
    const expected = 'expected a number from 0 to 2 or a name'
    expect(await none('drak')).toEqual(refused(`there is no class "drak", ${expected}; did you mean dark?`))
    expect(await none('purple')).toEqual(refused(`there is no class "purple", ${expected}; the classes are bright, dark, grey`))
    expect(await none('3')).toEqual(refused(`there is no class "3", ${expected}; the classes are bright, dark, grey`))
  })
  test('are refused of a model without classes', async () => {
    const settings = ['--data', at.in('images'), '--batch-size', '32', '--epochs', '1', '--out', at.in('vae'), '--quiet']
    const vae = ['train', 'vae', ...settings]
    expect((await ganglion(vae)).code).toBe(0)
    expect(await ganglion(['sample', at.in('vae'), '--class', '1'])).toEqual(
      refused('--class 1 is given, and a vae has no classes; leave it out'))
    expect(await ganglion(['interpolate', at.in('vae'), '--to-class', '1'])).toEqual(
      refused('--to-class 1 is given, and a vae has no classes; leave it out'))
  })
})

const conditional = modelNames.filter(needsClasses)
test.each(conditional)('%s wants labels, and says which models do without', async (kind) => {
  const others = modelNames.filter((name) => !conditional.includes(name) && name !== 'dcgan')
  expect(await ganglion(['train', kind, '--data', at.in('images'), '--out', at.in('none')])).toEqual(refused(
    `the images have no labels, and the ${kind} learns images of classes; give data with labels, ` +
    `or choose another model (${others.join(', ')})`))
})

test('reconstructs images with their labels', async () => {
  const made = ['reconstruct', at.in('run'), '--data', at.in('photos'), '--out', at.in('pairs.png')]
  expect(await ganglion(made)).toMatchObject({ code: 0, stderr: '' })
  expect(await ganglion([...made.slice(0, 3), at.in('images'), ...made.slice(4)])).toMatchObject({ code: 1 })
})

test('images without labels are encoded where the encoder is told none', async () => {
  const plain = at.in('unlabelled')
  mkdirSync(plain)
  for (let i = 0; i < 3; i++) cpSync(at.in('photos', 'dark', `${i}.png`), at.in('unlabelled', `${i}.png`))
  const given = (command: string, run: string, out: string) => (
    ganglion([command, at.in(run), '--data', plain, '--out', at.in(out)]))
  expect(await given('encode', 'book', 'book.npy')).toMatchObject({ code: 0 })
  expect(await ganglion(['reconstruct', at.in('book'), '--data', plain, '--count', '3', '--out', at.in('book.png')]))
    .toMatchObject({ code: 0 })
  expect(await given('encode', 'run', 'run.npy')).toMatchObject({
    code: 1, stderr: expect.stringContaining('a cvae needs labels to encode, and "unlabelled" has none; give data with labels') })
})
