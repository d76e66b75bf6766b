// A run as `ganglion watch` tells a page of it: new figures, thousands of epochs, a run that is removed and put back.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from '../../src/node/lock.ts'
import { StepPictures } from '../../src/cli/watch/pictures.ts'
import { Watched } from '../../src/cli/watch/watched.ts'

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
  expect(await watched.look()).toMatchObject({ keep: 0, rows: [{ epoch: 1, step: 10, values: { loss: 1, 'test.loss': -1 } }] })
  expect(await watched.look()).toBeUndefined()
  appendFileSync(join(run, 'metrics.jsonl'), line(2))
  expect(await watched.look()).toEqual({
    name: 'vae', options: [['model', 'vae'], ['seed', '1'], ['epochs', '3']], epochs: 3, status: 'stopped', pictures: {},
    keep: 1, rows: [{ epoch: 2, step: 20, speed: 1, complete: true, values: { loss: 2, 'test.loss': -2 } }],
    drawn: { keep: 0, steps: [] },
  })
  expect(watched.all()).toMatchObject({ keep: 0, rows: [{ epoch: 1 }, { epoch: 2 }] })
  expect(readdirSync(run).sort()).toEqual(['config.json', 'metrics.jsonl'])
})

test('after 10,000 epochs what is told of the next is as much as of the second', async () => {
  make(Array.from({ length: 10_000 }, (_, i) => line(i + 1)).join(''))
  const watched = new Watched({ name: 'vae', path: run })
  expect((await watched.look())!.rows).toHaveLength(10_000)
  appendFileSync(join(run, 'metrics.jsonl'), line(10_001))
  expect(await watched.look()).toMatchObject({ keep: 10_000, rows: [{ epoch: 10_001 }] })
})

test('who has the folder trains, a run with all of its epochs has ended, and others have stopped', async () => {
  make(line(1))
  const watched = new Watched({ name: 'vae', path: run })
  expect((await watched.look())!.status).toBe('stopped')
  const lock = await lockFolder(run)
  expect((await watched.look())!.status).toBe('training')
  await lock.release()
  expect((await watched.look())!.status).toBe('stopped')
  appendFileSync(join(run, 'metrics.jsonl'), line(2) + line(3).replace('"complete":true', '"complete":false'))
  expect((await watched.look())!.status).toBe('stopped')
  appendFileSync(join(run, 'metrics.jsonl'), line(3))
  expect((await watched.look())!.status).toBe('ended')
})

test('a picture is told of when it is there, which is after the figures of its epoch, and when it is drawn anew', async () => {
  make(line(1))
  const picture = (name: string, seconds: number) => {
    writeFileSync(join(run, 'samples', name), 'png')
    utimesSync(join(run, 'samples', name), seconds, seconds)
  }
  mkdirSync(join(run, 'samples'))
  picture('epoch-0000.png', 1)
  const watched = new Watched({ name: 'vae', path: run })
  expect((await watched.look())!.pictures).toEqual({ samples: { epoch: 0, mark: 1000 } })
  picture('epoch-0001.png', 2)
  picture('reconstruction-epoch-0001.png', 3)
  expect((await watched.look())!.pictures).toEqual({
    samples: { epoch: 1, mark: 2000 }, reconstruction: { epoch: 1, mark: 3000 },
  })
  expect(await watched.look()).toBeUndefined()
  picture('epoch-0001.png', 4)
  expect((await watched.look())!.pictures.samples).toEqual({ epoch: 1, mark: 4000 })
})

test('pictures within epochs are told of by their steps, the new ones alone; the newest is the last of both kinds', async () => {
  make(line(1))
  mkdirSync(join(run, 'samples'))
  const picture = (name: string) => writeFileSync(join(run, 'samples', name), 'png')
  for (const name of ['epoch-0001.png', 'step-000005.png', 'reconstruction-step-000005.png', 'notes.txt']) picture(name)
  const watched = new Watched({ name: 'vae', path: run })
  const { pictures, drawn } = (await watched.look())!
  expect([drawn, pictures.samples, pictures.reconstruction]).toMatchObject([{ keep: 0, steps: [5] }, { epoch: 1 }, { step: 5 }])
  picture('step-000015.png')
  const news = (await watched.look())!
  expect([news.drawn, news.pictures.samples, news.rows]).toMatchObject([{ keep: 1, steps: [15] }, { step: 15 }, []])
  expect(await watched.look()).toBeUndefined()
  expect(watched.all().drawn).toEqual({ keep: 0, steps: [5, 15] })
  appendFileSync(join(run, 'metrics.jsonl'), line(2))
  picture('epoch-0002.png')
  expect((await watched.look())!.pictures.samples).toMatchObject({ epoch: 2 })
  for (const name of ['step-000005.png', 'reconstruction-step-000005.png']) rmSync(join(run, 'samples', name))
  expect((await watched.look())!.drawn).toEqual({ keep: 0, steps: [15] })
})

test('the folder of pictures is read again only where it has changed', async () => {
  make(line(1))
  const samples = join(run, 'samples')
  mkdirSync(samples)
  writeFileSync(join(samples, 'step-000005.png'), 'png')
  utimesSync(samples, 1, 1)
  const steps = new StepPictures(run)
  expect(await steps.next()).toEqual({ keep: 0, steps: [5] })
  writeFileSync(join(samples, 'step-000010.png'), 'png')
  utimesSync(samples, 1, 1)
  expect(await steps.next()).toEqual({ keep: 1, steps: [] })
  utimesSync(samples, 2, 2)
  expect(await steps.next()).toEqual({ keep: 1, steps: [10] })
})

test('a run with an encoder has a map once it is saved, and another where it is saved anew', async () => {
  make(line(1))
  const watched = new Watched({ name: 'vae', path: run })
  expect((await watched.look())!.map).toBeUndefined()
  const weights = join(run, 'weights.safetensors')
  writeFileSync(weights, '')
  utimesSync(weights, 1, 1)
  expect((await watched.look())!.map).toBe(1000)
  utimesSync(weights, 2, 2)
  expect((await watched.look())!.map).toBe(2000)
})

test('a run that is removed says so once, and comes back as what is there then; a damaged one says what is wrong', async () => {
  make(line(1) + line(2))
  const watched = new Watched({ name: 'vae', path: run })
  await watched.look()
  rmSync(run, { recursive: true })
  expect(await watched.look()).toMatchObject({ fault: 'the run "vae" was moved or removed', keep: 2, rows: [] })
  expect(await watched.look()).toBeUndefined()
  make(line(7))
  const back = (await watched.look())!
  expect(back).toMatchObject({ keep: 0, rows: [{ epoch: 7 }] })
  expect(back.fault).toBeUndefined()
  writeFileSync(join(run, 'config.json'), '{')
  expect((await watched.look())!.fault).toMatch(/config\.json" is damaged: it is not JSON/)
})

test('figures of steps are told apart from those of epochs, and say nothing of how far the run is', async () => {
  make(line(1) + line(3).replace(',"complete":true', ''))
  const news = (await new Watched({ name: 'vae', path: run }).look())!
  expect([news.status, ...news.rows.map(({ complete }) => complete)]).toEqual(['stopped', true, null])
})

test('lines that are no figures do no harm', async () => {
  make('{}\n{"epoch":1,"step":2,"metrics":{"loss":"much","kl":3},"test":null}\n')
  const watched = new Watched({ name: 'vae', path: run })
  expect((await watched.look())!.rows.map(({ values }) => values)).toEqual([{}, { kl: 3 }])
})
