// `ganglion train --workers N`: threads do the micro-batches, and the run is the one of a single thread.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { place, spawned } from '../cli/ganglion.ts'

const at = place()
afterAll(at.remove)
const read = (...names: string[]): string => readFileSync(at.in(...names), 'utf8')
const train = (out: string, ...args: string[]) =>
  spawned(['train', ...args, '--data', 'images', '--batch-size', '6', '--micro-batches', '4', '--out', out, '--quiet'], at.path)
/** But for times. */
const figures = (run: string): unknown[] => read(run, 'metrics.jsonl').trim().split('\n').map((line) => {
  const { seconds: _, samplesPerSecond: __, ...rest } = JSON.parse(line) as Record<string, unknown>
  return rest
})

const OWN = `
import { layers, losses, optimizers, ops } from '${new URL('../../dist/index.js', import.meta.url).href}'
const { dense, sequential } = layers
import { minimize } from '${new URL('../../dist/index.js', import.meta.url).href}'
export default function ({ imageShape }) {
  const net = sequential('net', [dense({ units: 9, activation: 'relu' }), dense({ units: 36 })])
  const optimizer = optimizers.adam()
  return {
    kind: 'mine', options: {}, imageShape, codeShape: [36], optimizers: [optimizer],
    train({ images }, pass) {
      const x = ops.reshape(images, [images.shape[0], 36])
      const loss = losses.meanSquaredError(x, net.apply(x, pass))
      return [minimize(optimizer, loss, [net])]
    },
    decode: (codes, pass) => ops.reshape(net.apply(codes, pass), [codes.shape[0], ...imageShape]),
  }
}
`

const MODELS = ['vae', 'vae --augment flip,noise', 'gan', '--model']
test.each(MODELS)('%s: the digest and the figures of one thread, by any number of workers', async (model) => {
  writeFileSync(at.in('own.js'), OWN)
  const [name, ...options] = model === '--model' ? ['own', '--model', 'own.js'] : [model.replace(/ .*/, '-changed'), ...model.split(' ')]
  expect(await train(`${name}-alone`, ...options, '--epochs', '2')).toMatchObject({ code: 0, stderr: '' })
  expect(await train(`${name}-three`, ...options, '--epochs', '2', '--workers', '3')).toMatchObject({ code: 0, stderr: '' })
  expect(read(`${name}-three`, 'digest.txt')).toBe(read(`${name}-alone`, 'digest.txt'))
  expect(figures(`${name}-three`)).toEqual(figures(`${name}-alone`))
  expect(read(`${name}-three`, 'config.json')).toBe(read(`${name}-alone`, 'config.json').replaceAll('-alone', '-three'))
})

const IN_ROUNDS = [
  ['vae', '--augment', 'flip', '--hidden', '16'], ['gan', '--hidden', '12', '--discriminator-hidden', '8'],
]
test.each(IN_ROUNDS)('%s in rounds: one digest by any number of workers, and gone on with', async (model, ...options) => {
  const args = [model, ...options, '--local-steps', '3', '--outer-momentum', '0.5']
  const name = (what: string) => `${model}-rounds-${what}`
  expect(await train(name('alone'), ...args, '--epochs', '2')).toMatchObject({ code: 0, stderr: '' })
  expect(await train(name('two'), ...args, '--epochs', '2', '--workers', '2')).toMatchObject({ code: 0, stderr: '' })
  expect(read(name('two'), 'digest.txt')).toBe(read(name('alone'), 'digest.txt'))
  expect(figures(name('two'))).toEqual(figures(name('alone')))
  const config = read(name('alone'), 'config.json')
  expect(config).toMatch('--local-steps 3 --outer-learning-rate 0.7 --outer-momentum 0.5')
  expect(read(name('two'), 'config.json')).toBe(config.replaceAll('-alone', '-two'))
  await train(name('parts'), ...args, '--epochs', '1')
  const resume = (...more: string[]) => (
    spawned(['train', '--resume', name('parts'), '--epochs', '2', '--quiet', ...more], at.path))
  expect((await resume('--local-steps', '4')).stderr).toMatch('--local-steps 4 is not that of the run')
  expect(await resume('--workers', '1')).toMatchObject({ code: 0, stderr: '' })
  expect(read(name('parts'), 'digest.txt')).toBe(read(name('alone'), 'digest.txt'))
  expect(await spawned(['sample', name('parts')], at.path)).toMatchObject({ code: 0, stderr: '' })
})

test('--gradients bf16: a run of its own, by any number of workers, and gone on with', async () => {
  const args = ['vae', '--hidden', '16', '--gradients', 'bf16']
  await train('bf16-alone', ...args, '--epochs', '2')
  expect(await train('bf16-two', ...args, '--epochs', '2', '--workers', '2')).toMatchObject({ code: 0, stderr: '' })
  expect(read('bf16-two', 'digest.txt')).toBe(read('bf16-alone', 'digest.txt'))
  expect(read('bf16-two', 'config.json')).toMatch(/--gradients bf16.*"gradients": "bf16"/s)
  await train('bf16-parts', ...args, '--epochs', '1')
  const resumed = await spawned(['train', '--resume', 'bf16-parts', '--epochs', '2', '--quiet'], at.path)
  expect(resumed).toMatchObject({ code: 0, stderr: '' })
  expect(read('bf16-parts', 'digest.txt')).toBe(read('bf16-alone', 'digest.txt'))
  await train('bf16-not', 'vae', '--hidden', '16', '--epochs', '2')
  expect(read('bf16-not', 'digest.txt')).not.toBe(read('bf16-alone', 'digest.txt'))
})

test('rounds: what a run takes is said without training it', async () => {
  const { code, stdout } = await train('dry', 'vae', '--hidden', '16', '--local-steps', '2', '--dry-run')
  expect(stdout).toMatch(/4 steps of 24 in an epoch\n.*memory.*time/s)
  expect(code).toBe(0)
})

test('rounds: wrong usage', async () => {
  const said = async (...args: string[]) => (await train('never', 'vae', ...args)).stderr
  const lacks = '--outer-learning-rate and --outer-momentum are of rounds; give --local-steps too'
  expect(await said('--outer-momentum', '0.5')).toMatch(lacks)
  expect(await said('--local-steps', '0')).toMatch('--local-steps expected an integer of at least 1')
  const range = '--outer-momentum expected a number from 0 on and below 1'
  expect(await said('--local-steps', '2', '--outer-momentum', '1')).toMatch(range)
})

test('a run goes on with other workers than it began with', async () => {
  await train('whole', 'vae', '--epochs', '3')
  await train('parts', 'vae', '--epochs', '1', '--workers', '2')
  const { code, stderr } = await spawned(['train', '--resume', 'parts', '--epochs', '3', '--workers', '1', '--quiet'], at.path)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(read('parts', 'digest.txt')).toBe(read('whole', 'digest.txt'))
})

test('workers that all end are an error, with the run kept', async () => {
  writeFileSync(at.in('dies.js'), `import { isMainThread } from 'node:worker_threads'
if (!isMainThread) throw new Error('no thread is to load this')\n${OWN}`)
  const { code, stderr } = await train('dies', '--model', 'dies.js', '--epochs', '1', '--workers', '2')
  expect(stderr).toMatch(/^ganglion: all 2 workers ended \(cannot load the model ".*dies.js": no thread is to load this; .*\); train with fewer --workers, or without\n$/)
  expect(code).toBe(1)
})

test('progress names the threads that work', async () => {
  const endless = ['train', 'vae', '--data', 'images', '--batch-size', '6', '--micro-batches', '4', '--epochs', '1000000']
  const named = /"event":"progress".*"workers":\["thread-(1","thread-2|2","thread-1)"\]/
  const { code, stdout } = await spawned([...endless, '--workers', '2', '--json', '--out', 'named'], at.path, (child, said) => {
    if (named.test(said.stdout) && !child.killed) child.kill('SIGINT')
  })
  expect(stdout).toMatch(named)
  expect(code).toBe(130)
}, 60_000)
