// What `ganglion train` decides before it trains: a model for the data, the rate over the run, what the run will take.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { models } from '../../src/models/kinds.ts'
import { Model } from '../../src/train/model.ts'
import { leanerModel, suggestedModel } from '../../src/cli/suggest.ts'
import { runtime } from '../harness.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
beforeAll(() => { at = place() })
afterAll(() => at.remove())
const config = (run: string) => JSON.parse(readFileSync(at.in(run, 'config.json'), 'utf8')) as
  { command: string, model: { kind: string, options: Record<string, unknown> } }
const SMALL = ['--batch-size', '32', '--epochs', '2', '--hidden', '8', '--latent', '2']

test.each([
  [[28, 28, 1], 'vae'], [[8, 32, 1], 'vae'], [[64, 64, 1], 'conv-vae'], [[28, 28, 3], 'conv-vae'], [[32, 32, 4], 'conv-vae'],
] as const)('of %j: %s', (shape, kind) => expect(suggestedModel({ shape }).kind).toBe(kind))

test.each([
  ['vae', {}, [64, 64, 3], 'conv-vae'], ['gan', {}, [128, 128, 1], 'dcgan'], ['lsgan', {}, [64, 64, 3], 'dcgan'],
  ['vae', {}, [64, 64, 1], undefined], ['conv-vae', {}, [64, 64, 3], undefined],
  // Few units are few weights; a dcgan takes sides that four divides.
  ['vae', { hidden: 64 }, [64, 64, 3], undefined], ['gan', {}, [66, 66, 3], undefined],
] as const)('%s with %j of %j: %s has fewer parameters', async (kind, options, imageShape, better) => {
  const dense = models[kind]({ ...options, imageShape })
  const found = leanerModel(dense)
  expect(found?.kind).toBe(better)
  if (!found) return
  const count = async (definition: ModelDefinition) => (
    [...(await Model.create(runtime, definition)).weights()].reduce((n, [, { data }]) => n + data.length, 0))
  expect(found.before).toBe(await count(dense))
  expect(found.parameters).toBeLessThanOrEqual(await count(models[found.kind]({ imageShape })))
})

test('a dense model on large images is trained, and what has fewer weights is said', async () => {
  writeFileSync(at.in('large.npy'), encodeNpy({ shape: [4, 64, 64, 3], data: new Uint8Array(4 * 12288) }))
  const args = ['train', 'vae', '--data', at.in('large.npy'), '--hidden', '200', '--epochs', '1', '--out', at.in('dense')]
  const said = 'ganglion: of images of 64x64x3, vae, which is dense, has 4939928 parameters; ' +
    'conv-vae, which is convolutional, has 3506435\n'
  expect(await ganglion(args)).toMatchObject({ code: 0, stderr: said })
  expect(await ganglion([...args, '--force', '--quiet'])).toMatchObject({ code: 0, stderr: '' })
})

test('without a model, the data choose it, and why is said', async () => {
  const args = ['train', '--data', at.in('images'), ...SMALL, '--out', at.in('chosen')]
  const { code, stderr } = await ganglion(args)
  expect({ code, stderr }).toEqual({
    code: 0, stderr: 'ganglion: no model is named, so vae is trained: of small grey images (6x6) it learns most in a minute; ' +
      '"ganglion models" has others\n',
  })
  expect(config('chosen').command).toMatch(/^ganglion train vae /)
  await ganglion(['train', 'vae', ...args.slice(1), '--force', '--quiet', '--out', at.in('named')])
  expect(readFileSync(at.in('chosen', 'digest.txt'))).toEqual(readFileSync(at.in('named', 'digest.txt')))
})

test('few images are a batch by themselves', async () => {
  const few = ['--data', at.in('images'), '--limit', '10', '--epochs', '1', '--quiet']
  for (const [kind, options, batchSize] of [['vae', ['--hidden', '8'], 10], ['wgan-gp', ['--filters', '2'], 3]] as const) {
    expect(await ganglion(['train', kind, ...options, ...few, '--out', at.in(kind)])).toMatchObject({ code: 0, stderr: '' })
    expect(config(kind)).toMatchObject({ training: { batchSize } })
  }
})

test.each([
  ['cosine', { schedule: 'cosine', initial: 0.01, steps: 6 }],
  ['linear', { schedule: 'linear', initial: 0.01, final: 0, steps: 6 }],
  ['exponential', { schedule: 'exponential', initial: 0.01, decayRate: 0.01, decaySteps: 6 }],
])('--schedule %s is over all steps of the run, and is saved as they are', async (name, saved) => {
  const args = ['train', 'vae', '--data', at.in('images'), ...SMALL, '--learning-rate', '0.01']
  const options = [...args, '--schedule', name, '--quiet', '--out', at.in(name)]
  expect(await ganglion(options)).toMatchObject({ code: 0, stderr: '' })
  expect(config(name).model.options['learningRate']).toEqual(saved)
  const spelled = [...args.slice(0, -1), JSON.stringify(saved), '--quiet', '--out', at.in(`${name}-spelled`)]
  expect(await ganglion(spelled)).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(at.in(name, 'digest.txt'))).toEqual(readFileSync(at.in(`${name}-spelled`, 'digest.txt')))
})

test('--schedule-epochs says over how many', async () => {
  const args = ['train', 'vae', '--data', at.in('images'), ...SMALL, '--learning-rate', '0.01', '--quiet']
  const over = ['--schedule', 'cosine', '--schedule-epochs', '5']
  expect(await ganglion([...args, ...over, '--out', at.in('longer')])).toMatchObject({ code: 0, stderr: '' })
  expect(config('longer').model.options['learningRate']).toEqual({ schedule: 'cosine', initial: 0.01, steps: 15 })
  expect((await ganglion([...args, '--schedule-epochs', '5', '--out', at.in('none')])).stderr)
    .toMatch('--schedule-epochs says how long --schedule takes; give --schedule too')
})

test('--schedule beside a schedule, or when a run goes on, is refused', async () => {
  const rate = '{"schedule":"cosine","initial":0.01,"steps":6}'
  const args = ['train', 'vae', '--data', at.in('images'), ...SMALL, '--learning-rate', rate, '--schedule', 'linear']
  expect((await ganglion([...args, '--out', at.in('twice')])).stderr)
    .toBe('ganglion: --learning-rate is a schedule already; give a number, or leave out --schedule\n')
  expect((await ganglion(['train', '--resume', at.in('cosine'), '--schedule', 'linear'])).stderr)
    .toBe('ganglion: --resume goes on with the run\'s own schedule; leave out --schedule (see "ganglion train --help")\n')
  expect((await ganglion(['train', '--resume', at.in('cosine'), '--schedule-epochs', '3'])).stderr)
    .toMatch('leave out --schedule-epochs')
})

test('--dry-run says what a run takes, and writes nothing', async () => {
  const args = ['train', 'vae', '--data', at.in('images'), ...SMALL, '--dry-run', '--out', at.in('dry')]
  const { code, stdout, stderr } = await ganglion(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(new RegExp('^vae, 680 parameters, 96 images, 3 steps of 32 in an epoch\n' +
    'memory    0\\.\\d MB \\(weights and optimizer 0\\.0, images 0\\.0, a step\'s values 0\\.\\d\\)\n' +
    'time      0:00 an epoch, 0:00 for 2, by steps on this machine just now\n$'))
  expect(existsSync(at.in('dry'))).toBe(false)
  const { stdout: json } = await ganglion([...args, '--json'])
  expect(JSON.parse(json)).toMatchObject({
    event: 'dry-run', kind: 'vae', parameters: 680, images: 96, stepsPerEpoch: 3, epochs: 2,
    secondsPerEpoch: expect.any(Number) as number,
    bytes: { model: expect.any(Number) as number, images: 96 * 36, step: expect.any(Number) as number },
  })
  // Two moments of Adam beside each weight, and its state.
  const { bytes } = JSON.parse(json) as { bytes: { model: number, step: number } }
  expect(bytes.model).toBe(4 * (3 * 680 + 5))
  // The images of a batch, at least, and less than a hundred times as much.
  expect(bytes.step).toBeGreaterThan(32 * 36 * 4)
  expect(bytes.step).toBeLessThan(100 * 32 * 36 * 4)
})

function images(side: number): string {
  const file = at.in(`of-${side}`)
  writeFileSync(file, writeIdx([192, side, side], Uint8Array.from({ length: 192 * side * side }, (_, i) => i % 251)))
  return file
}
test.each([
  ['vae', 64, [], 64], ['vae', 32, [], 64], ['gan', 32, [], 128], ['wgan-gp', 64, ['--filters', '2'], 32],
  ['vae', 64, ['--batch-size', '100'], 100],
])('of a %s a step takes by default what suits its images, %i pixels a side %j: %i', async (kind, side, more, batchSize) => {
  const { code, stdout, stderr } = await ganglion(['train', kind, '--data', images(side), ...more, '--dry-run', '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ batchSize })
}, 60_000)

test('a run says in config.json what a step takes, and goes on so', async () => {
  const sizes = () => (config('large-run') as unknown as { training: { batchSize: number } }).training.batchSize
  const train = ['train', 'vae', '--data', images(64), '--hidden', '2', '--epochs', '1', '--quiet', '--out', at.in('large-run')]
  for (const [more, batchSize] of [[[], 64], [['--batch-size', '96'], 96]] as const) {
    expect(await ganglion([...train, '--force', ...more])).toMatchObject({ code: 0, stderr: '' })
    expect(sizes()).toBe(batchSize)
    expect(config('large-run').command).toContain(`--batch-size ${batchSize} `)
    expect(await ganglion(['train', '--resume', at.in('large-run'), '--epochs', '2', '--quiet'])).toMatchObject({ code: 0 })
    expect(sizes()).toBe(batchSize)
    const lines = readFileSync(at.in('large-run', 'metrics.jsonl'), 'utf8').trim().split('\n')
    expect((JSON.parse(lines.at(-1)!) as { step: number }).step).toBe(2 * Math.ceil(192 / batchSize))
  }
})

test('--dry-run refuses what no memory has room for, before it is reserved', async () => {
  writeFileSync(at.in('large'), writeIdx([16, 64, 64], new Uint8Array(16 * 64 * 64)))
  const args = ['train', 'conv-vae', '--data', at.in('large'), '--batch-size', '16', '--filters', '4096', '--dry-run']
  const { code, stdout, stderr } = await ganglion(args)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(new RegExp('^ganglion: a conv-vae on 16 images of 64x64x1 takes \\d+ MB ' +
    "\\(weights and optimizer \\d+, images 0\\.1, a step's values \\d+\\), and there " +
    '(is room for 4096 MB|are \\d+ MB on this machine); give a smaller --batch-size with --accumulate, --size or --limit, ' +
    'or fewer units or filters\n$'))
})
