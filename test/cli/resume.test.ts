// `train --resume`: a run that goes on is the run that never stopped, to the bit; and what it refuses.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { loadRun, saveRun } from '../../src/node/index.ts'
import { ganglion, place, type Place, spawned, writeImages } from './ganglion.ts'
import { owners, smallFlags, writeBars } from './kinds.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

const started = async (kind: string, run: string, ...args: string[]) => {
  const settings = ['--data', at.in('images'), '--out', at.in(run), '--quiet', ...args]
  expect(await ganglion(['train', kind, ...settings])).toMatchObject({ code: 0, stderr: '' })
}
const train = (kind: string, run: string, ...args: string[]) =>
  started(kind, run, '--batch-size', '40', '--hidden', '8', '--latent', '2', ...args)
const resume = (run: string, ...args: string[]) => ganglion(['train', '--resume', at.in(run), '--quiet', ...args])
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const figures = (run: string) => read(run, 'metrics.jsonl').trimEnd().split('\n')
  .map((line) => JSON.parse(line) as { epoch: number, step: number, complete: boolean })
  .map(({ epoch, step, complete, ...rest }) => {
    const { metrics, test } = rest as { metrics?: object, test?: object }
    return { epoch, step, complete, metrics, test }
  })

test.each(modelNames)('%s: one epoch and two more are three, in every file', async (kind) => {
  writeBars(kind, at.in('images'), at.in('labels'), Math.max(2, models[kind]().batchesPerStep ?? 1))
  await started(kind, 'whole', '--epochs', '3', ...smallFlags(kind))
  await started(kind, 'parts', '--epochs', '1', '--threads', '1', ...smallFlags(kind))
  const on = ['--epochs', '3', '--threads', '2', '--quiet']
  expect(await spawned(['train', '--resume', at.in('parts'), ...on], at.path)).toMatchObject({ code: 0, stderr: '' })
  for (const name of ['digest.txt', 'checksums.txt', 'weights.safetensors', 'state.safetensors', 'samples/epoch-0003.png']) {
    expect(readFileSync(at.in('parts', name)).equals(readFileSync(at.in('whole', name))), name).toBe(true)
  }
  expect(readdirSync(at.in('parts', 'samples'))).toEqual(readdirSync(at.in('whole', 'samples')))
  expect(figures('parts')).toEqual(figures('whole'))
  const [parts, whole] = ['parts', 'whole'].map((run) => JSON.parse(read(run, 'config.json')) as Record<string, unknown>)
  expect(parts!['command']).toBe((whole!['command'] as string).replace('--threads 1', '--threads 2'))
  expect(parts!['training']).toEqual({ ...whole!['training'] as object, threads: 2 })
  expect(readdirSync(at.in('parts')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('changes of training images are the run\'s: it goes on with them, to the bit, and refuses others', async () => {
  const args = ['--augment', 'flip,noise']
  await train('vae', 'plain', '--epochs', '2')
  await train('vae', 'whole', '--epochs', '2', ...args)
  await train('vae', 'parts', '--epochs', '1', ...args)
  expect(await resume('parts', '--epochs', '2')).toMatchObject({ code: 0, stderr: '' })
  expect(read('parts', 'digest.txt')).toBe(read('whole', 'digest.txt'))
  expect(read('whole', 'digest.txt')).not.toBe(read('plain', 'digest.txt'))
  expect(read('parts', 'config.json')).toBe(read('whole', 'config.json'))
  const { command, training } = JSON.parse(read('parts', 'config.json')) as { command: string, training: object }
  expect(training).toMatchObject({ augment: 'flip,noise' })
  expect(command).toContain(' --augment flip,noise ')
  for (const [run, has] of [['parts', 'flip,noise'], ['plain', 'none']] as const) {
    expect((await resume(run, '--epochs', '3', '--augment', 'flip')).stderr).toBe('ganglion: --augment flip is not that of ' +
      `the run "${at.in(run)}", which has ${has}; leave it out, or train anew (see "ganglion train --help")\n`)
  }
})

test('a schedule and micro-batches are the run\'s: it goes on with both, to the bit, and refuses others', async () => {
  const rate = '{"schedule":"cosine","initial":1e-2,"steps":4}'
  const args = ['--accumulate', '2', '--batch-size', '24', '--learning-rate', rate]
  await train('vae', 'whole', '--epochs', '2', ...args)
  await train('vae', 'parts', '--epochs', '1', ...args.map((arg) => (arg === '--accumulate' ? '--micro-batches' : arg)))
  expect(await resume('parts', '--epochs', '2', ...args)).toMatchObject({ code: 0, stderr: '' })
  expect(read('parts', 'digest.txt')).toBe(read('whole', 'digest.txt'))
  expect(figures('parts')).toEqual(figures('whole'))
  expect(figures('parts').map(({ step }) => step)).toEqual([2, 4])
  expect(read('parts', 'config.json')).toBe(read('whole', 'config.json'))
  const { command, model, training } = JSON.parse(read('parts', 'config.json')) as
    { command: string, model: { options: object }, training: object }
  expect(model.options).toMatchObject({ learningRate: { schedule: 'cosine', initial: 0.01, steps: 4 } })
  expect(training).toMatchObject({ batchSize: 24, accumulate: 2 })
  expect(command).toContain('--batch-size 24 --accumulate 2 ')
  expect(command).toContain(`--learning-rate '{"schedule":"cosine","initial":0.01,"steps":4}'`)
  for (const [option, value, trained] of [
    ['accumulate', '3', '2'], ['learning-rate', '0.01', '{"schedule":"cosine","initial":0.01,"steps":4}'],
    ['learning-rate', '{"schedule":"cosine","initial":0.01,"steps":5}', '{"schedule":"cosine","initial":0.01,"steps":4}'],
  ] as const) {
    const { code, stderr } = await resume('parts', '--epochs', '3', `--${option}`, value)
    expect(stderr).toBe(`ganglion: --${option} ${value} is not that of the run "${at.in('parts')}", which has ${trained}; ` +
      'leave it out, or train anew (see "ganglion train --help")\n')
    expect(code).toBe(2)
  }
})

test('what a signal cut off in the middle of an epoch goes on to its end', async () => {
  writeImages(at.in('many'), 20_000, 6)
  const args = ['train', 'vae', '--data', 'many', '--epochs', '4', '--batch-size', '16', '--hidden', '64', '--limit', '19990']
  await spawned([...args, '--out', 'whole', '--quiet'], at.path)
  const { stdout } = await spawned([...args, '--out', 'cut', '--json'], at.path, (child, { stdout }) => {
    if (stdout.includes('"start"') && !child.killed) child.kill('SIGINT')
  })
  const step = (JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { step: number }).step
  const cut = figures('cut')
  expect(cut.at(-1)).toMatchObject({ step, complete: false })
  const { code, stdout: said } = await spawned(['train', '--resume', 'cut'], at.path)
  expect(code).toBe(0)
  expect(said).toMatch(new RegExp(`^vae, .* seed 1, from step ${step}, into cut\nepoch 1/4 `))
  expect(read('cut', 'digest.txt')).toBe(read('whole', 'digest.txt'))
  expect(figures('cut').map(({ step }) => step)).toEqual([step, ...figures('whole').map(({ step }) => step)])
  expect(read('cut', 'config.json')).toContain('--limit 19990')
})

test('figures of steps that were not saved come again', async () => {
  await train('vae', 'run', '--epochs', '2')
  const before = figures('run')
  const { model } = await loadRun(at.in('run'), { state: true })
  appendFileSync(at.in('run', 'metrics.jsonl'), '{"epoch":3,"step":9,"metrics":{},"complete":true}\n')
  await saveRun(at.in('run'), model)
  await resume('run', '--epochs', '3')
  expect(figures('run').slice(0, 2)).toEqual(before)
  expect(figures('run').map(({ step }) => step)).toEqual([3, 6, 9])
  expect(figures('run')[2]!.metrics).not.toEqual({})
})

test('images that lie elsewhere now', async () => {
  await train('vae', 'run', '--epochs', '1', '--limit', '80')
  mkdirSync(at.in('moved'))
  writeFileSync(at.in('moved', 'images'), readFileSync(at.in('images')))
  rmSync(at.in('images'))
  expect((await resume('run', '--epochs', '2')).stderr).toMatch(/^ganglion: dataset ".*images" was not found, /)
  expect(await resume('run', '--epochs', '2', '--data', at.in('moved', 'images'))).toMatchObject({ code: 0, stderr: '' })
  expect(read('run', 'config.json')).toContain(at.in('moved', 'images'))
})

test('a run that cannot go on stays as it was', async () => {
  await train('vae', 'run', '--epochs', '1')
  const files = () => readdirSync(at.in('run')).map((name) => [name, name === 'samples' ? '' : read('run', name)])
  const before = files()
  const says = async (args: string[], code: number, message: RegExp) => {
    const outcome = await resume('run', ...args)
    expect(outcome.stderr).toMatch(message)
    expect(outcome.code).toBe(code)
    expect(files()).toEqual(before)
  }
  await says([], 1, /^ganglion: nothing is left to train: the run ".*run" has had 1 epoch, and --epochs is 1; give more\n$/)
  writeFileSync(at.in('others'), writeIdx([96, 6, 6], new Uint8Array(96 * 36)))
  await says(['--epochs', '2', '--data', at.in('others')], 1,
    /^ganglion: the images of ".*others" are not the 96 that the run ".*run" was trained on; give those with --data, or train /)
  for (const [option, value, trained] of [
    ['batch-size', '41', '40'], ['seed', '2', '1'], ['hidden', '9', '8'], ['limit', '90', '96'],
    ['learning-rate', '0.5', '0.001'], ['clip-norm', '1', '0'],
    ['precision', 'relaxed', 'deterministic'],
  ]) {
    await says(['--epochs', '2', `--${option}`, value!], 2,
      new RegExp(`^ganglion: --${option} ${value} is not that of the run ".*run", which has ${trained}; leave it `))
  }
  await says(['gan', '--epochs', '2'], 2, /^ganglion: the model gan is not that of the run ".*run", which has vae; leave it out, /)
  const beta1 = new RegExp(`^ganglion: --beta1 is an option of ${owners('beta1')}, not of vae `)
  await says(['vae', '--beta1', '0.5', '--epochs', '2'], 2, beta1)
  const filters = new RegExp(`^ganglion: --filters is an option of ${owners('filters')}, not of vae `)
  await says(['--filters', '1,2', '--epochs', '2'], 2, filters)
  for (const option of [['--force'], ['--out', 'x']]) {
    await says([...option], 2, /^ganglion: --resume goes on in the run's own folder; leave out --(force|out) /)
  }
  await says(['--standby', '--nats', 'nats://a'], 2,
    /^ganglion: --resume goes on with the run in a folder, --standby with what the nats-server keeps; leave out --standby /)
})

describe('a run that is not whole', () => {
  const says = async (message: RegExp) => {
    const { code, stderr } = await resume('run', '--epochs', '2')
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  }
  test('is refused, with what is missing or wrong', async () => {
    await says(/^ganglion: ".*run" is not a run folder: there is no such folder; /)
    await train('vae', 'run', '--epochs', '1')
    const [config, lines] = [read('run', 'config.json'), read('run', 'metrics.jsonl')]
    const { data: _, ...rest } = JSON.parse(config) as Record<string, unknown>
    writeFileSync(at.in('run', 'config.json'), JSON.stringify(rest))
    await says(/config.json" does not say on what data, in what batches or how long to train; go on in a program, with loadRun/)
    writeFileSync(at.in('run', 'config.json'), config)
    writeFileSync(at.in('run', 'metrics.jsonl'), `${lines}{"epoch":`)
    await says(/^ganglion: line 2 of ".*metrics.jsonl" expected the figures of an epoch as JSON, with its step; remove or mend /)
    rmSync(at.in('run', 'metrics.jsonl'))
    const state = readFileSync(at.in('run', 'state.safetensors'))
    state[state.length - 30]! ^= 1
    writeFileSync(at.in('run', 'state.safetensors'), state)
    await says(/state.safetensors" is not the file that the run saved: /)
    rmSync(at.in('run', 'state.safetensors'))
    await says(/state.safetensors" is missing; /)
  })
})

test('a fault leaves the run at its last good step', async () => {
  await train('vae', 'run', '--epochs', '1')
  const { model } = await loadRun(at.in('run'), { state: true })
  model.session.values(model.definition.optimizers[0]!.state)[0] = 1e30
  await saveRun(at.in('run'), model)
  const { code, stderr } = await resume('run', '--epochs', '5')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ganglion: training stopped at step \d: /)
  expect((await ganglion(['sample', at.in('run')])).code).toBe(0)
})
