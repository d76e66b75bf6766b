// Early stopping and the best epoch: known by test images, kept through kills, the same whether a run was cut or not.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadRun } from '../../src/node/index.ts'
import { doomed, ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

/** With a rate at which the test loss goes up and down. */
const TRAIN = ['train', 'vae', '--data', 'images', '--validation', '0.25', '--batch-size', '16', '--hidden', '32',
  '--latent', '4', '--learning-rate', '0.1', '--quiet']
const train = (run: string, ...args: string[]) => (
  ganglion([...TRAIN, '--out', at.in(run), ...args].map((each) => (each === 'images' ? at.in(each) : each))))
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const lines = (run: string) => read(run, 'metrics.jsonl').trimEnd().split('\n')
  .map((line) => JSON.parse(line) as { epoch: number, complete: boolean, test?: { loss: number, kl: number } })
const judged = (run: string) => lines(run).filter(({ complete }) => complete)
/** The epoch of the least figure, of equals the first. */
const bestBy = (run: string, figure: 'loss' | 'kl' = 'loss') => (
  judged(run).reduce((best, line) => (line.test![figure] < best.test![figure] ? line : best)))
const KEPT = ['weights.safetensors', 'state.safetensors', 'digest.txt', 'checksums.txt']
const same = (one: string, two: string) => {
  for (const name of [...KEPT, ...KEPT.map((each) => `best/${each}`)]) {
    expect(readFileSync(at.in(one, name)).equals(readFileSync(at.in(two, name))), name).toBe(true)
  }
  expect(bestBy(one).epoch).toBe(bestBy(two).epoch)
}

test('RUN/best is the run as it was after its best epoch: a run of its own', async () => {
  const { code, stdout } = await train('run', '--epochs', '10', '--keep-best')
  const { epoch, test: figures } = bestBy('run')
  expect(epoch).toBeLessThan(10)
  expect(epoch).toBeGreaterThan(1)
  const value = figures!.loss.toPrecision(4)
  expect([code, stdout]).toEqual([0, `kept in   ${at.in('run')}\n` +
    `best      ${at.in('run', 'best')}, epoch ${epoch}, test loss ${value}\n` +
    `pictures  ${at.in('run', 'samples')}\ndigest    ${read('run', 'digest.txt')}`])
  await train('short', '--epochs', String(epoch))
  for (const name of KEPT) {
    expect(readFileSync(at.in('run', 'best', name)).equals(readFileSync(at.in('short', name))), name).toBe(true)
  }
  const texts = (...names: string[]) => read(...names).trimEnd().split('\n')
  expect(texts('run', 'best', 'metrics.jsonl')).toEqual(texts('run', 'metrics.jsonl').slice(0, epoch))
  const evaluate = async (...names: string[]) => (await ganglion(['evaluate', at.in(...names), '--samples', '0'])).stdout
  expect(await evaluate('run', 'best')).toMatch(new RegExp(`^loss ${value} `))
  expect(await evaluate('run')).toMatch(new RegExp(`^loss ${lines('run').at(-1)!.test!.loss.toPrecision(4)} `))
  expect(await ganglion(['sample', at.in('run', 'best')])).toMatchObject({ code: 0, stderr: '' })
  await loadRun(at.in('run', 'best'), { state: true })
  expect((await ganglion(['train', '--resume', at.in('run', 'best'), '--epochs', '11'])).stderr).toBe(
    `ganglion: "${at.in('run', 'best')}" is what the run around it keeps of its best epoch; copy it elsewhere to go on\n`)
})

test('--early-stopping ends after so many epochs that were no better; told so again, or with more, when it goes on', async () => {
  await train('long', '--epochs', '12')
  const losses = judged('long').map(({ test: figures }) => figures!.loss)
  let [best, end] = [0, 0]
  for (let waited = 0; waited < 2; end++) {
    waited = losses[end]! < losses[best]! || end === 0 ? 0 : waited + 1
    if (!waited) best = end
  }
  expect(end).toBeLessThan(12)
  const { code, stdout, stderr } = await train('run', '--epochs', '12', '--early-stopping', '2')
  const said = `kept in   ${at.in('run')}\nbest      epoch ${best + 1}, test loss ${losses[best]!.toPrecision(4)}\n` +
    `pictures  ${at.in('run', 'samples')}\ndigest    ${read('run', 'digest.txt')}`
  expect([code, stdout]).toEqual([0, said])
  expect(stderr).toBe(`ganglion: stopped early at step ${end * 5}, kept in ${at.in('run')}\n`)
  expect(judged('run').map(({ test: figures }) => figures!.loss)).toEqual(losses.slice(0, end))
  const again = await ganglion(['train', '--resume', at.in('run'), '--quiet'])
  expect(again).toEqual({
    code: 0, stdout: said,
    stderr: `ganglion: the run "${at.in('run')}" has ended early; give a larger --early-stopping to go on\n`,
  })
  expect((await ganglion(['train', '--resume', at.in('run'), '--early-stopping', '50', '--quiet'])).code).toBe(0)
  expect(read('run', 'digest.txt')).toBe(read('long', 'digest.txt'))
  expect(JSON.parse(read('run', 'config.json'))).toMatchObject({ training: { earlyStopping: 50 } })
})

test('a run in parts has the best of one that was not cut, by whichever figure', async () => {
  for (const [figure, args] of [['loss', []], ['kl', ['--monitor', 'kl']]] as const) {
    await train(`whole-${figure}`, '--epochs', '10', '--keep-best', ...args)
    await train(`parts-${figure}`, '--epochs', '2', '--keep-best', ...args)
    for (const epochs of ['3', '7', '10']) {
      const resume = ['train', '--resume', at.in(`parts-${figure}`), '--epochs', epochs, '--quiet']
      expect(await ganglion(resume)).toMatchObject({ code: 0, stderr: '' })
    }
    same(`parts-${figure}`, `whole-${figure}`)
    const kept = read(`parts-${figure}`, 'best', 'metrics.jsonl').trimEnd().split('\n').at(-1)!
    expect(JSON.parse(kept)).toMatchObject({ epoch: bestBy(`whole-${figure}`, figure).epoch })
  }
  expect(bestBy('whole-loss').epoch).not.toBe(bestBy('whole-loss', 'kl').epoch)
})

describe('killed while it keeps the best', () => {
  const args = [...TRAIN, '--epochs', '4', '--keep-best', '--save-every', '0.000001', '--out']
  const hidden = (run: string) => (
    (readdirSync(at.in(run), { recursive: true }) as string[]).filter((name) => /(^|\/)\./.test(name)))

  // The last are of the last epoch, which is the best.
  test('at any call of the file system', async () => {
    await doomed([...args, 'whole'], at.path, { in: at.in('whole', 'best'), report: at.in('calls') })
    const calls = Number(read('calls'))
    expect(calls).toBeGreaterThan(100)
    for (const part of [0.1, 0.3, 0.6, 0.85, 0.95, 0.99]) {
      const fate = { call: Math.floor(part * calls), fate: part === 0.1 || part === 0.6 ? 'half' : 'kill' }
      rmSync(at.in('run'), { recursive: true, force: true })
      const { signal } = await doomed([...args, 'run'], at.path, { in: at.in('run', 'best'), ...fate })
      expect(signal).toBe('SIGKILL')
      // Whatever there is of it is whole.
      if (existsSync(at.in('run', 'best', 'config.json'))) await loadRun(at.in('run', 'best'), { state: true })
      expect((await ganglion(['sample', at.in('run')])).code).toBe(0)
      expect(hidden('run')).toEqual([])
      const { code, stderr } = await spawned(['train', '--resume', 'run', '--quiet'], at.path)
      if (code !== 0) expect(stderr).toContain('nothing is left to train')
      same('run', 'whole')
      expect(hidden('run')).toEqual([])
    }
  })

  test('another run may replace it; nothing of the best is left', async () => {
    const { signal } = await doomed([...args, 'run'], at.path, { in: at.in('run', 'best'), call: 20 })
    expect(signal).toBe('SIGKILL')
    expect(await spawned([...TRAIN, '--out', 'run', '--epochs', '1', '--force'], at.path)).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(at.in('run', 'best'))).toBe(false)
  })
})

test('where the best finds no room, the run stays as it was saved, and goes on to the same best', async () => {
  await train('whole', '--epochs', '4', '--keep-best')
  const args = [...TRAIN, '--out', 'run', '--epochs', '4', '--keep-best', '--save-every', '0.000001']
  const { code, stderr } = await doomed(args, at.path, { in: at.in('run', 'best'), call: 60, fate: 'full', only: 'weights' })
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp('^ganglion: cannot write "run/best/weights\\.safetensors": the disk is full; free some ' +
    'space and try again \\("run" keeps the run as it was after step \\d+\\)\n$'))
  expect(await spawned(['train', '--resume', 'run', '--quiet'], at.path)).toMatchObject({ code: 0, stderr: '' })
  same('run', 'whole')
})

test('what is in the way of best: a link, a folder of the user\'s', async () => {
  mkdirSync(at.in('elsewhere'))
  await train('run', '--epochs', '1')
  symlinkSync(at.in('elsewhere'), at.in('run', 'best'))
  expect((await train('run', '--epochs', '2', '--keep-best', '--force')).stderr).toContain(
    `"${at.in('run', 'best')}" is a link, and no run is written through it; put a folder in its place, or remove it`)
  expect(readdirSync(at.in('elsewhere'))).toEqual([])
  rmSync(at.in('run'), { recursive: true })
  await train('run', '--epochs', '4', '--keep-best')
  writeFileSync(at.in('run', 'best', 'mine.txt'), 'mine')
  expect(await train('run', '--epochs', '1', '--force')).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(at.in('run', 'best'))).toEqual(['mine.txt'])
})

describe('refused', () => {
  const says = async (outcome: ReturnType<typeof ganglion>, message: string) => (
    expect((await outcome).stderr).toBe(`ganglion: ${message}\n`))

  test('where nothing knows the best', async () => {
    const without = 'leave out --early-stopping and --keep-best'
    const gan = ['train', 'gan', '--data', at.in('images'), '--batch-size', '16', '--quiet', '--out', at.in('gan')]
    await says(ganglion([...gan, '--keep-best']),
      `a gan has no figure of its own on images, by which to know its best epoch; ${without}`)
    const vae = ['train', 'vae', ...gan.slice(2), '--early-stopping', '3']
    await says(ganglion(vae),
      `the best epoch is known by test images, and the data have none; hold some out with --validation 0.1, or ${without}`)
    await says(ganglion([...vae, '--validation', '0.1', '--monitor', 'lose']),
      'a vae has no figure "lose" of test images; give --monitor one of loss, reconstruction, kl')
    expect(existsSync(at.in('gan'))).toBe(false)
    await says(train('run', '--monitor', 'kl'), '--monitor is what --early-stopping and --keep-best watch; give one of these, ' +
      'or leave it out (see "ganglion train --help")')
  })

  test('what is another in a run that goes on', async () => {
    await train('run', '--epochs', '1')
    const other = (option: string, has: string) => `--${option} is not that of the run "${at.in('run')}", which has ${has}; ` +
      'leave it out, or train anew (see "ganglion train --help")'
    const resume = (...args: string[]) => ganglion(['train', '--resume', at.in('run'), '--epochs', '2', '--quiet', ...args])
    await says(resume('--keep-best'), other('keep-best true', 'false'))
    expect(await resume('--early-stopping', '9', '--monitor', 'kl')).toMatchObject({ code: 0, stderr: '' })
    await says(resume('--epochs', '3', '--monitor', 'loss'), other('monitor loss', 'kl'))
    expect(await resume('--epochs', '3', '--early-stopping', '10')).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(read('run', 'config.json'))).toMatchObject({ training: { earlyStopping: 10, monitor: 'kl' } })
  })
})
