// Training by the built command on real MNIST, and its pictures; what a run folder holds, what is said where.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeSafetensors, type SavedTensor } from '../../src/formats/safetensors.ts'
import { decodePng, encodePng, type Rgba } from '../../src/node/png.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { barImages } from '../../src/verify/recipes/models.ts'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeAll(() => { at = place() })
afterAll(() => at.remove())

const SMALL = ['--limit', '512', '--epochs', '2']
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const picture = (...names: string[]) => decodePng(readFileSync(at.in(...names))) as Extract<Rgba, { depth: 8 }>
const lines = (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
type Picture = ReturnType<typeof picture>
// `toEqual` walks megabytes value by value.
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
/** Pixels of a grid: 3 for each of an image's, 2 between. */
const grid = (images: number, side = 28) => 2 + images * (3 * side + 2)

describe('train vae on mnist', () => {
  let said: string
  beforeAll(async () => {
    const { code, stdout, stderr } = await spawned(['train', 'vae', ...SMALL], at.path)
    expect([code, stderr]).toEqual([0, ''])
    said = stdout
  })

  test('says what it does in plain lines', () => {
    const number = String.raw`\d+(\.\d+)?`
    const figures = `loss ${number}  reconstruction ${number}  kl ${number}`
    const epoch = `epoch [12]/2  ${figures}  test ${figures}  \\d+ samples/s  ${number} s\n`
    const introduction = 'vae, 652824 parameters, 512 images, 10000 test images, batches of 64, seed 1, into runs/vae\n'
    expect(said).toMatch(new RegExp(`^${introduction}(${epoch}){2}` +
      'kept in   runs/vae\npictures  runs/vae/samples\ndigest    [0-9a-f]{64}\n$'))
  })

  test('leaves a run folder, and nothing else', () => {
    expect(readdirSync(at.in('runs'))).toEqual(['vae'])
    expect(readdirSync(at.in('runs', 'vae')).sort()).toEqual(
      ['checksums.txt', 'config.json', 'digest.txt', 'metrics.jsonl', 'samples', 'state.safetensors', 'weights.safetensors'],
    )
    expect(readdirSync(at.in('runs', 'vae', 'samples')).sort()).toEqual([
      'epoch-0000.png', 'epoch-0001.png', 'epoch-0002.png', 'reconstruction-epoch-0001.png', 'reconstruction-epoch-0002.png',
    ])
  })

  test('config.json repeats the run, to the bit', async () => {
    type Config = Record<string, unknown> & { command: string, data: { sha256: string } }
    const config = JSON.parse(read('runs', 'vae', 'config.json')) as Config
    expect(config).toMatchObject({
      format: 1,
      model: {
        kind: 'vae',
        options: { latent: 20, hidden: 400, learningRate: 0.001, noise: 'sample', clipNorm: 0, imageShape: [28, 28, 1] },
      },
      data: { source: 'mnist', count: 512 },
      training: { seed: 1, epochs: 2, batchSize: 64, accumulate: 1 },
      software: { node: process.versions.node, core: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    })
    expect(config.data.sha256).toMatch(/^[0-9a-f]{64}$/)
    const command = 'ganglion train vae --data mnist --limit 512 --epochs 2 --batch-size 64 --accumulate 1 --seed 1 ' +
      '--threads 1 --precision deterministic --latent 20 --hidden 400 --learning-rate 0.001 --noise sample --clip-norm 0'
    expect(config.command).toBe(command)
    const { stdout } = await spawned([...command.split(' ').slice(1), '--quiet'], at.path)
    const digest = read('runs', 'vae', 'digest.txt').trim()
    expect(said).toContain(digest)
    expect(stdout).toBe(`kept in   runs/vae-2\npictures  runs/vae-2/samples\ndigest    ${digest}\n`)
    expect(read('runs', 'vae-2', 'config.json')).toBe(read('runs', 'vae', 'config.json'))
    for (const name of ['weights.safetensors', 'samples/epoch-0002.png']) {
      expect(same(readFileSync(at.in('runs', 'vae-2', name)), readFileSync(at.in('runs', 'vae', name))), name).toBe(true)
    }
  })

  test('metrics.jsonl: a line for each epoch', () => {
    const found = lines(read('runs', 'vae', 'metrics.jsonl'))
    expect(found.map(({ epoch, step, complete }) => ({ epoch, step, complete }))).toEqual([
      { epoch: 1, step: 8, complete: true }, { epoch: 2, step: 16, complete: true },
    ])
    for (const line of found) {
      for (const key of ['metrics', 'test']) {
        const { loss, reconstruction, kl } = line[key] as Record<string, number>
        expect(loss! / (reconstruction! + kl!)).toBeCloseTo(1, 5)
      }
      expect(line['seconds']).toBeGreaterThan(0)
      expect(line['samplesPerSecond']).toBeGreaterThan(0)
    }
  })

  test('the pictures: 8 x 8 samples that change, and pairs of rows whose upper ones are the same', () => {
    const [before, after] = ['epoch-0000.png', 'epoch-0002.png']
      .map((name) => picture('runs', 'vae', 'samples', name)) as [Picture, Picture]
    expect([before.width, before.height]).toEqual([grid(8), grid(8)])
    expect(same(before.rgba, after.rgba)).toBe(false)
    const [one, two] = [1, 2]
      .map((n) => picture('runs', 'vae', 'samples', `reconstruction-epoch-000${n}.png`)) as [Picture, Picture]
    expect([one.width, one.height]).toEqual([grid(8), grid(8)])
    const row = ({ rgba, width }: Picture, n: number) => Buffer.from(rgba.subarray(n * 86 * width * 4, (n + 1) * 86 * width * 4))
    for (let n = 0; n < 8; n++) expect(row(one, n).equals(row(two, n)), `row ${n}`).toBe(n % 2 === 0)
  })

  test('state.safetensors: every variable and the counters', () => {
    const { tensors } = decodeSafetensors(readFileSync(at.in('runs', 'vae', 'state.safetensors')))
    const weights = decodeSafetensors(readFileSync(at.in('runs', 'vae', 'weights.safetensors'))).tensors
    expect([...tensors.get('counters')!.data]).toEqual([16, 0, 0, 2, 1, 0])
    const bytes = ({ data }: SavedTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    for (const [name, tensor] of weights) expect(same(bytes(tensors.get(name)!), bytes(tensor)), name).toBe(true)
    expect(weights.size).toBe(10)
    expect(tensors.size).toBeGreaterThan(20)
  })

  test.each([
    ['sample', [], grid(8), grid(8)],
    ['sample', ['--count', '10', '--columns', '4', '--seed', '7'], grid(4), grid(3)],
    ['reconstruct', [], grid(8), grid(4)],
    ['reconstruct', ['--count', '5', '--seed', '3'], grid(5), grid(2)],
    ['interpolate', [], grid(10), grid(8)],
    ['interpolate', ['--steps', '4', '--rows', '2', '--seed', '9'], grid(4), grid(2)],
  ] as const)('%s %j draws the same picture each time', async (command, args, width, height) => {
    const run = at.in('runs', 'vae')
    expect(await ganglion([command, run, ...args])).toEqual({ code: 0, stdout: `${run}/${command}.png\n`, stderr: '' })
    const found = picture('runs', 'vae', `${command}.png`)
    expect([found.width, found.height]).toEqual([width, height])
    const again = at.in('again.png')
    expect((await ganglion([command, run, ...args, '--out', again])).stdout).toBe(`${again}\n`)
    expect(same(picture('again.png').rgba, found.rgba)).toBe(true)
    await ganglion([command, run, ...args, '--seed', '12345', '--out', again])
    expect(same(picture('again.png').rgba, found.rgba)).toBe(false)
  })

  test('evaluate gives the test figures that training gave', async () => {
    const { test } = lines(read('runs', 'vae', 'metrics.jsonl')).at(-1) as { test: Record<string, number> }
    const run = at.in('runs', 'vae')
    const { code, stdout } = await ganglion(['evaluate', run, '--json', '--samples', '0'])
    expect([code, JSON.parse(stdout)]).toEqual([0, { figures: test, images: 10_000, split: 'test', data: 'mnist' }])
    const figures = Object.entries(test).map(([name, value]) => `${name} ${value.toPrecision(4)}`).join('  ')
    const said = `${figures}  (10000 test images of mnist)\n`
    expect(await ganglion(['evaluate', run, '--samples', '0'])).toEqual({ code: 0, stdout: said, stderr: '' })
  })

  test('evaluate tells how near the samples are to the test images, and how likely those are', async () => {
    const run = at.in('runs', 'vae')
    const { stdout } = await ganglion(['evaluate', run, '--json', '--samples', '300', '--seed', '2', '--nll', '2'])
    const { figures, distribution } = JSON.parse(stdout) as { figures: Record<string, number>, distribution: object }
    expect(figures['nll']! - (figures['loss']! + 392 * Math.log(Math.PI))).toBeLessThan(0)
    expect(distribution).toMatchObject({
      samples: 300, seed: 2, features: { name: 'mnist-classifier-64', digest: expect.stringMatching(/^[\da-f]{64}$/) as string },
      figures: { frechet: expect.any(Number) as number, coverage: expect.any(Number) as number },
    })
  })

  test('sample draws what training drew', async () => {
    await ganglion(['sample', at.in('runs', 'vae'), '--out', at.in('again.png')])
    expect(same(readFileSync(at.in('again.png')), readFileSync(at.in('runs', 'vae', 'samples', 'epoch-0002.png')))).toBe(true)
  })
})

test.each(modelNames.filter((name) => name !== 'vae'))('%s: trains, samples, walks', async (kind) => {
  const out = at.in(kind)
  const { images, labels, count } = barImages(128)
  writeFileSync(at.in('bars-images'), writeIdx([count, 28, 28], images as Uint8Array))
  writeFileSync(at.in('bars-labels'), writeIdx([count], labels as Uint8Array))
  const settings = ['--data', at.in('bars-images'), '--batch-size', '32', '--epochs', '1', '--out', out, '--quiet']
  const { code, stderr } = await ganglion(['train', kind, ...settings])
  expect([code, stderr]).toEqual([0, ''])
  expect(readdirSync(at.in(kind, 'samples')).length).toBe(models[kind]().encode ? 3 : 2)
  const { command: repeat } = JSON.parse(read(kind, 'config.json')) as { command: string }
  await ganglion([...repeat.split(' ').slice(1), '--out', at.in('repeated'), '--force', '--quiet'])
  expect(read('repeated', 'digest.txt')).toBe(read(kind, 'digest.txt'))
  for (const command of ['sample', 'interpolate']) expect((await ganglion([command, out])).code).toBe(0)
}, 60_000)

test('--json: one object to a line, from start to done', async () => {
  const { code, stdout, stderr } = await spawned(['train', 'gan', ...SMALL, '--json', '--out', 'json'], at.path)
  expect([code, stderr]).toEqual([0, ''])
  const events = lines(stdout)
  expect(events.map(({ event }) => event).filter((event) => event !== 'progress')).toEqual(['start', 'epoch', 'epoch', 'done'])
  expect(events[0]).toMatchObject(
    { out: 'json', images: 512, parameters: 2223633, model: { kind: 'gan' }, training: { epochs: 2 } },
  )
  expect(events.at(-1)).toEqual({
    event: 'done', out: 'json', samples: 'json/samples', step: 8, digest: read('json', 'digest.txt').trim(),
    seconds: expect.any(Number), stopped: null,
  })
})

test('a terminal gets a bar that fits 80 columns, with loss, speed and time left', async () => {
  const { code, stdout, stderr } = await ganglion(['train', 'autoencoder', ...SMALL, '--out', at.in('bar')], { terminal: true })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^autoencoder, .*\nkept in .*\npictures .*\ndigest .*\n$/)
  // eslint-disable-next-line no-control-regex
  const drawn = stderr.split(/\x1b\[[0-9?]*[A-Za-z]|\n/).filter((text) => text.trim())
  expect(Math.max(...drawn.filter((text) => text.includes('left')).map((text) => text.length))).toBeLessThanOrEqual(80)
  expect(drawn.some((text) => (
    /^[█░]{14} +\d+% {2}epoch 1\/2 {2}0:\d\d left {2}\d+ samples\/s {2}loss \d\.\d+$/.test(text)
  ))).toBe(true)
  expect(drawn.filter((text) => /^epoch [12]\/2 {2}loss .* s$/.test(text)).length).toBe(2)
  expect(stderr.lastIndexOf('\x1b[?25h')).toBeGreaterThan(stderr.lastIndexOf('\x1b[?25l'))
})

test.each([['a folder with one split', 'one'], ['one file', 'images'], ['a folder of PNG files', 'png']])(
  '%s: no test figures, and pairs of training images', async (_, source) => {
    for (const name of ['one', 'png']) mkdirSync(at.in(name), { recursive: true })
    const pixels = readFileSync(at.in('images')).subarray(16)
    for (let i = 0; i < 96; i++) {
      const image = { width: 6, height: 6, channels: 1, pixels: pixels.subarray(36 * i, 36 * i + 36) } as const
      writeFileSync(at.in('png', `${100 + i}.png`), encodePng(image))
    }
    writeFileSync(at.in('one', 'train-images-idx3-ubyte'), readFileSync(at.in('images')))
    const args = [
      '--data', at.in(source), '--epochs', '1', '--batch-size', '32', '--hidden', '8', '--out', at.in('split'), '--force',
    ]
    const { code, stdout } = await ganglion(['train', 'vae', ...args])
    expect(code).toBe(0)
    expect(stdout).not.toContain('  test ')
    expect(Object.keys(lines(read('split', 'metrics.jsonl'))[0]!)).not.toContain('test')
    expect(readdirSync(at.in('split', 'samples'))).toContain('reconstruction-epoch-0001.png')
    expect((await ganglion(['reconstruct', at.in('split')])).code).toBe(0)
    expect((await ganglion(['evaluate', at.in('split'), '--samples', '0'])).stdout).toMatch(/^loss .* kl [\d.]+  \(96 training images of \w+\)\n$/)
    const config = JSON.parse(read('split', 'config.json')) as { data: object, model: { options: { imageShape: number[] } } }
    expect(config.data).toMatchObject({ source: at.in(source), count: 96 })
    expect(config.model.options.imageShape).toEqual([6, 6, 1])
  })

test('--clip-norm is kept with the model, and changes what is learned', async () => {
  const out = at.in('clipped')
  const digests: string[] = []
  for (const norm of ['1e-3', '1e9']) {
    const args = ['train', 'vae', '--data', at.in('images'), '--batch-size', '32', '--epochs', '1', '--hidden', '8', '--quiet']
    const { code, stderr } = await ganglion([...args, '--clip-norm', norm, '--out', out, '--force'])
    expect([code, stderr]).toEqual([0, ''])
    const config = JSON.parse(read('clipped', 'config.json')) as { command: string, model: { options: object } }
    expect(config.model.options).toMatchObject({ clipNorm: Number(norm) })
    expect(config.command).toContain(`--clip-norm ${Number(norm)}`)
    expect((await ganglion(['sample', out])).code).toBe(0)
    digests.push(read('clipped', 'digest.txt'))
  }
  expect(digests[0]).not.toBe(digests[1])
})
