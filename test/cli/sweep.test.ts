// `ganglion sweep`: the runs of a file, stopped at any moment, gone on with, and each of them again by its command.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it, test } from 'vitest'
import { parseSweep } from '../../src/cli/sweep/file.ts'
import { noteOf, OF_SWEEP } from '../../src/cli/sweep/processes.ts'
import { bestOf, type RunResult, trained } from '../../src/cli/sweep/runs.ts'
import { csvOf, rowsOf } from '../../src/cli/sweep/table.ts'
import { encodeSafetensors } from '../../src/formats/safetensors.ts'
import { STEP } from '../../src/graph/contract.generated.ts'
import { ganglion, main, place, spawned } from './ganglion.ts'

const at = place()
afterAll(at.remove)
const read = (...names: string[]): string => readFileSync(at.in(...names), 'utf8')
const sweep = (out: string) => spawned(['sweep', 'sweep.json', '--out', out, '--jobs', '2', '--quiet'], at.path)

const SWEEP = {
  model: 'vae', metric: 'loss', train: { data: 'images', 'batch-size': 16, hidden: 12 },
  grid: { latent: [2, 3], 'learning-rate': [1e-3, 1e-2] }, seeds: [1, 2], halving: { epochs: [2, 4], keep: 0.5 },
}

test('a sweep that was killed twice and gone on with has the table of one that was not', async () => {
  writeFileSync(at.in('sweep.json'), JSON.stringify(SWEEP))
  const whole = await sweep('whole')
  expect(whole).toMatchObject({ code: 0, stderr: '' })
  const [head, ...rows] = read('whole', 'table.csv').trim().split('\n').map((line) => line.split(','))
  expect(head).toEqual(['run', 'latent', 'learning-rate', 'seed', 'epochs', 'loss'])
  expect(rows.map((row) => row[4])).toEqual(['4', '4', '4', '4', '2', '2', '2', '2'])
  const losses = rows.map((row) => Number(row[5]))
  expect(losses.slice(0, 4)).toEqual(losses.slice(0, 4).sort((a, b) => a - b))
  expect(whole.stdout).toContain(`best      whole/000${rows[0]![0]}\n`)
  expect(read('whole', 'picture.svg')).toContain(`best is run ${rows[0]![0]}`)

  // Once with the first runs in the making, once later.
  for (const folder of ['0002', '0005']) {
    const child = spawn(process.execPath, [main(), 'sweep', 'sweep.json', '--out', 'parts', '--jobs', '2', '--quiet'], {
      cwd: at.path, stdio: 'ignore',
    })
    while (!existsSync(at.in('parts', folder, 'config.json'))) await new Promise((done) => { setTimeout(done, 5) })
    expect(child.exitCode).toBeNull()
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(existsSync(at.in('parts', 'table.csv'))).toBe(false)
  // The runs of the one that was killed may take a moment to end.
  await expect.poll(async () => (await sweep('parts')).stderr, { timeout: 60_000 }).toBe('')
  expect(read('parts', 'table.csv')).toBe(read('whole', 'table.csv'))

  const { command } = JSON.parse(read('whole', '0003', 'config.json')) as { command: string }
  const again = await spawned([...command.split(' ').slice(1), '--out', 'again', '--quiet'], at.path)
  expect(again.code).toBe(0)
  expect(read('again', 'digest.txt')).toBe(read('whole', '0003', 'digest.txt'))
}, 240_000)

test('a run that a killed sweep began a moment ago is waited for, and gone on with', async () => {
  // That run's process: so slow to start that the sweep is there before the run's folder is.
  const { command } = JSON.parse(read('whole', '0001', 'config.json')) as { command: string }
  const args = [main(), ...command.split(' ').slice(1), '--epochs', '1', '--out', 'late/0001', '--quiet']
  const slow = `setTimeout(() => {
    process.exitCode = require('node:child_process').spawnSync(process.execPath, ${JSON.stringify(args)}).status
  }, 2000)`
  mkdirSync(at.in('late'))
  const child = spawn(process.execPath, ['-e', slow], { cwd: at.path, stdio: 'ignore' })
  writeFileSync(at.in('late', noteOf(child.pid!)), '')
  const ends = once(child, 'exit')
  expect(await sweep('late')).toMatchObject({ code: 0, stderr: '' })
  expect(await ends).toEqual([0, null])
  expect(read('late', 'table.csv')).toBe(read('whole', 'table.csv'))
  expect(readdirSync(at.in('late')).filter((name) => name.startsWith('.'))).toEqual([])
}, 240_000)

test('a process of a sweep that ended before it told it to begin leaves nothing', async () => {
  const args = ['train', 'vae', '--data', 'images', '--batch-size', '16', '--out', 'never']
  const child = spawn(process.execPath, [main(), ...args], {
    cwd: at.path, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, [OF_SWEEP]: '1' },
  })
  await new Promise((done) => { setTimeout(done, 1500) })
  expect(child.exitCode).toBeNull()
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
  expect(existsSync(at.in('never'))).toBe(false)
})

/** Makes a run folder of figures, whose state has had so many steps. */
function folderWith(name: string, lines: readonly object[], step: number): string {
  mkdirSync(at.in(name))
  writeFileSync(at.in(name, 'config.json'), '{}')
  const counters = new Uint32Array(8)
  counters[STEP] = step
  writeFileSync(at.in(name, 'state.safetensors'), encodeSafetensors(new Map([['counters', { shape: [8], data: counters }]])))
  writeFileSync(at.in(name, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return at.in(name)
}

test('an epoch that was stopped has the mean over its images, the last batch being smaller', async () => {
  const lines = [
    { epoch: 1, from: 0, step: 3, samples: 40, metrics: { loss: 9 }, complete: true },
    { epoch: 2, from: 3, step: 4, samples: 16, metrics: { loss: 5 }, complete: false },
    { epoch: 2, from: 4, step: 6, samples: 24, metrics: { loss: 1 }, test: { loss: 3 }, complete: true },
  ]
  const folder = folderWith('stopped', lines, 6)
  expect(await trained(folder, 'loss', 2)).toEqual({ epochs: 2, value: 2.6 })
  expect(await trained(folder, 'test.loss', 2)).toEqual({ epochs: 2, value: 3 })
  expect(await trained(folder, 'loss', 1)).toEqual({ epochs: 1, value: 9 })
})

test('figures of steps that a run was killed before it saved do not count; nor do those of a run without a state', async () => {
  const lines = [
    { epoch: 1, from: 0, step: 3, samples: 40, metrics: { loss: 9 }, complete: true },
    { epoch: 2, from: 3, step: 6, samples: 40, metrics: { loss: 5 }, complete: true },
  ]
  expect(await trained(folderWith('killed', lines, 5), 'loss', 2)).toEqual({ epochs: 1, value: 9 })
  expect(await trained(folderWith('saved', lines, 6), 'loss', 2)).toEqual({ epochs: 2, value: 5 })
  rmSync(at.in('saved', 'state.safetensors'))
  expect(await trained(at.in('saved'), 'loss', 2)).toEqual({ epochs: 0 })
})

test('a schedule is over all rungs, in runs that go on and in those that do not', async () => {
  const train = { ...SWEEP.train, schedule: 'cosine' }
  writeFileSync(at.in('falling.json'), JSON.stringify({ ...SWEEP, train, seeds: [1] }))
  const swept = await spawned(['sweep', 'falling.json', '--out', 'falling', '--jobs', '2', '--quiet'], at.path)
  expect(swept).toMatchObject({ code: 0, stderr: '' })
  const rows = read('falling', 'table.csv').trim().split('\n').slice(1).map((line) => line.split(','))
  expect(rows.map((row) => row[4])).toEqual(['4', '4', '2', '2'])
  for (const [run, latent, rate] of rows) {
    const { model } = JSON.parse(read('falling', `000${run}`, 'config.json')) as { model: { options: { learningRate: object } } }
    // Six steps an epoch.
    expect(model.options.learningRate).toEqual({ schedule: 'cosine', initial: Number(rate), steps: 4 * 6 })
    if (rows[0]![0] !== run) continue
    const options = ['--hidden', '12', '--latent', latent!, '--learning-rate', rate!, '--seed', '1', '--schedule', 'cosine']
    const args = ['train', 'vae', '--data', 'images', '--batch-size', '16', ...options, '--epochs', '4', '--quiet']
    expect(await spawned([...args, '--out', 'falls'], at.path)).toMatchObject({ code: 0 })
    expect(read('falls', 'digest.txt')).toBe(read('falling', `000${run}`, 'digest.txt'))
  }
}, 240_000)

test('another sweep in its folder is refused', async () => {
  writeFileSync(at.in('other.json'), JSON.stringify({ ...SWEEP, seeds: [3] }))
  const { code, stderr } = await ganglion(['sweep', at.in('other.json'), '--out', at.in('whole')])
  expect(stderr).toBe(`ganglion: "${at.in('whole')}" holds another sweep, that of its sweep.json; ` +
    'choose another --out, or remove the folder\n')
  expect(code).toBe(1)
})

describe('a file', () => {
  const parsed = (file: object) => parseSweep(JSON.stringify({ model: 'vae', ...file }), 'a.json')
  it('gives runs in one order', () => {
    expect(parsed({ grid: { latent: [2, 3], noise: ['sample'] }, seeds: [5, 6] }).runs).toEqual([
      { latent: 2, noise: 'sample', seed: 5 }, { latent: 2, noise: 'sample', seed: 6 },
      { latent: 3, noise: 'sample', seed: 5 }, { latent: 3, noise: 'sample', seed: 6 },
    ])
    expect(parsed({ train: { epochs: 7 } })).toMatchObject({ rungs: [7], runs: [{}], train: {}, metric: 'loss' })
  })
  it('draws the same each time, in the range', () => {
    const options = {
      'learning-rate': { from: 1e-4, to: 1e-2, log: true }, latent: { from: 2, to: 9, integer: true }, noise: ['batch'],
    }
    const { runs } = parsed({ random: { runs: 200, seed: 4, options } })
    expect(parsed({ random: { runs: 200, seed: 4, options } }).runs).toEqual(runs)
    expect(parsed({ random: { runs: 200, seed: 5, options } }).runs).not.toEqual(runs)
    const rates = runs.map((run) => run['learning-rate'] as number)
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4)
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2)
    expect(rates.filter((rate) => rate < 1e-3).length / 200).toBeCloseTo(0.5, 0)
    expect(new Set(runs.map(({ latent }) => latent))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]))
  })
  it.each([
    [{ grids: {} }, 'there is no "grids"; it takes model, train, grid, random, seeds, halving, metric; did you mean grid?'],
    [{ model: 3 }, 'model expected the name of a model, such as "vae"'],
    [{ grid: { latent: 3 } }, 'grid.latent is 3, expected a list of values'],
    [{ grid: { latent: [] } }, 'grid.latent is [], expected a list of values'],
    [{ grid: { epochs: [1, 2] } }, "the option epochs is the sweep's own; how long runs train, train.epochs or halving says"],
    [{ train: { out: 'a' } }, "the option out is the sweep's own; leave it out"],
    [{ train: { latent: 2 }, grid: { latent: [3] } }, 'the option latent is given twice'],
    [{ train: { epochs: 0 } }, 'train.epochs is 0, expected a positive integer'],
    [{ halving: { epochs: [3, 1] } }, 'halving.epochs is [3, 1], expected rising numbers of epochs, such as [1, 3, 9]'],
    [{ halving: { epochs: [1, 3], keep: 2 } }, 'halving.keep is 2, expected a number between 0 and 1'],
    [{ random: { runs: 2, options: { latent: { from: 3, to: 2 } } } },
      'random.options.latent expected { "from": a, "to": b }, a below b'],
    [{ seeds: Array.from({ length: 1000 }, (_, i) => i), grid: { latent: Array.from({ length: 1000 }, (_, i) => i + 1) } },
      'it has 1000000 runs, expected at most 10000; take fewer values, or draw some with "random"'],
    [{ random: { runs: 1e9, options: {} } },
      'it has 1000000000 runs, expected at most 10000; take fewer values, or draw some with "random"'],
  ])('that is wrong: %#', (file, message) => {
    expect(() => parsed(file)).toThrow(`"a.json": ${message}`)
  })
  it('with an option that there is not, or a wrong value, is refused before the first run', async () => {
    writeFileSync(at.in('bad.json'), JSON.stringify({ model: 'vae', grid: { laten: [2] } }))
    const { stderr, code } = await ganglion(['sweep', at.in('bad.json'), '--out', at.in('bad')])
    expect(stderr).toMatch(/bad.json": run 1 of 1: unknown option --laten; did you mean --latent\?/)
    expect(code).toBe(1)
    expect(existsSync(at.in('bad'))).toBe(false)
    expect((await ganglion(['sweep', at.in('none.json')])).stderr).toMatch(/cannot read ".*none.json"/)
  })
})

it('the best go on, of equals the first; a table has the best first, and failures', () => {
  const result = (run: number, value?: number, epochs = 1): RunResult => ({ run, folder: '', options: { a: run }, epochs, value })
  const all = [result(1, 5), result(2, 3), result(3, 3), { ...result(4), failed: 'a, b' }, result(5, 4)]
  expect(bestOf(all, 0.4).map(({ run }) => run)).toEqual([2, 3])
  expect(bestOf(all, 0.01).map(({ run }) => run)).toEqual([2])
  const plan = { model: 'vae', train: {}, runs: all.map(({ options }) => options), rungs: [1], keep: 1, metric: 'loss' }
  expect(csvOf(rowsOf(plan, [...all, result(6, 9, 2)]))).toBe(
    'run,a,epochs,loss\n6,6,2,9\n2,2,1,3\n3,3,1,3\n5,5,1,4\n1,1,1,5\n4,4,1,"failed: a, b"\n')
})
