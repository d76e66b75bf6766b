// A run as `ganglion watch` tells a page of it: new figures, thousands of epochs, a run that is removed and put back.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MOST_POINTS, Watched } from '../../src/cli/watch/watched.ts'

let folder: string
let run: string
const CONFIG = JSON.stringify({
  format: 1, model: { kind: 'vae', options: {} }, training: { seed: 1, epochs: 3 },
  software: { ganglion: '0', core: '0', node: '0' },
})
const line = (epoch: number): string => `${JSON.stringify({
  epoch, from: 10 * epoch - 10, step: 10 * epoch, metrics: { loss: epoch }, test: { loss: -epoch }, seconds: 1,
  samplesPerSecond: 1, complete: true,
})}\n`
const make = (metrics: string) => {
  mkdirSync(run)
  writeFileSync(join(run, 'config.json'), CONFIG)
  writeFileSync(join(run, 'metrics.jsonl'), metrics)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  run = join(folder, 'vae')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a run that trains has new figures, one that does not has none, and nothing is written', async () => {
  make(line(1))
  const watched = new Watched({ name: 'vae', path: run })
  expect(await watched.look()).toBe(true)
  expect(await watched.look()).toBe(false)
  appendFileSync(join(run, 'metrics.jsonl'), line(2))
  expect(await watched.look()).toBe(true)
  expect(watched.state()).toMatchObject({
    name: 'vae', each: 1, config: { model: { kind: 'vae' } }, last: { epoch: 2 },
    points: [{ step: 10, values: { loss: 1, 'test.loss': -1 } }, { step: 20, values: { loss: 2, 'test.loss': -2 } }],
  })
  expect(readdirSync(run).sort()).toEqual(['config.json', 'metrics.jsonl'])
})

test('5,000 epochs are so many points as a screen has, each the mean of its epochs', async () => {
  make(Array.from({ length: 5000 }, (_, i) => line(i + 1)).join(''))
  const watched = new Watched({ name: 'vae', path: run })
  await watched.look()
  const { each, points, last } = watched.state()
  expect(last!.epoch).toBe(5000)
  expect(each).toBe(7)
  expect(points.length).toBeLessThanOrEqual(MOST_POINTS)
  expect(points[0]).toEqual({ step: 70, values: { loss: 4, 'test.loss': -4 } })
  expect(points.at(-1)!.step).toBe(50000)
})

test('a run that is removed says so once, and comes back as what is there then; a damaged one says what is wrong', async () => {
  make(line(1) + line(2))
  const watched = new Watched({ name: 'vae', path: run })
  await watched.look()
  rmSync(run, { recursive: true })
  expect(await watched.look()).toBe(true)
  expect(await watched.look()).toBe(false)
  expect(watched.state()).toMatchObject({ fault: 'the run "vae" was moved or removed', last: { epoch: 2 } })
  make(line(1))
  expect(await watched.look()).toBe(true)
  expect(watched.state()).toMatchObject({ last: { epoch: 1 } })
  expect(watched.state().fault).toBeUndefined()
  writeFileSync(join(run, 'config.json'), '{')
  await watched.look()
  expect(watched.state().fault).toMatch(/config\.json" is damaged: it is not JSON/)
})
