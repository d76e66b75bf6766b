// What a run tells within its epochs: lines and pictures every so many steps, and event files, which are read back here by
// another reader than what writes them: protobuf's, and a checksum bit by bit.
import { readdirSync, readFileSync } from 'node:fs'
import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StepLines, stopsOf } from '../../src/cli/logs.ts'
import { decodePng } from '../../src/node/png.ts'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

// 96 images: 12 steps an epoch.
const TRAIN = ['train', 'vae', '--data', 'images', '--batch-size', '8', '--hidden', '8', '--latent', '2', '--epochs', '2',
  '--quiet']
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
interface Line { epoch: number, from: number, step: number, complete?: boolean, metrics: Record<string, number> }
const lines = (run: string) => read(run, 'metrics.jsonl').trimEnd().split('\n').map((line) => JSON.parse(line) as Line)
const pictures = (run: string) => readdirSync(at.in(run, 'samples')).filter((name) => name.includes('step')).sort()

test('figures and pictures every so many steps, of the same bits; steps of two epochs are one line', async () => {
  await spawned([...TRAIN, '--out', 'plain'], at.path)
  const logs = ['--log-every', '4', '--sample-every', '10']
  expect(await spawned([...TRAIN, ...logs, '--out', 'run'], at.path)).toMatchObject({ code: 0, stderr: '' })
  expect(read('run', 'digest.txt')).toBe(read('plain', 'digest.txt'))
  const epochs = lines('run').filter(({ complete }) => complete)
  const steps = lines('run').filter(({ complete }) => complete === undefined)
  expect(epochs.map(({ metrics }) => metrics)).toEqual(lines('plain').map(({ metrics }) => metrics))
  expect(steps.map(({ epoch, from, step }) => [epoch, from, step])).toEqual([
    [1, 0, 4], [1, 4, 8], [1, 8, 12], [2, 12, 16], [2, 16, 20], [2, 20, 24]])
  for (const { epoch, metrics } of epochs) {
    const parts = steps.filter((line) => line.epoch === epoch).map((line) => line.metrics['loss']!)
    expect(parts.reduce((a, b) => a + b) / 3).toBeCloseTo(metrics['loss']!, 10)
  }
  expect(pictures('run')).toEqual(['reconstruction-step-000010.png', 'reconstruction-step-000020.png',
    'step-000010.png', 'step-000020.png'])
  // A run that goes on within what would be one line: the second call begins a line of its own.
  await spawned([...TRAIN, '--log-every', '8', '--out', 'two', '--epochs', '1'], at.path)
  await spawned(['train', '--resume', 'two', '--epochs', '2', '--log-every', '8', '--quiet'], at.path)
  expect(lines('two').map(({ from, step, complete }) => [from, step, complete])).toEqual([
    [0, 8, undefined], [0, 12, true], [12, 16, undefined], [16, 24, undefined], [12, 24, true]])
  expect(read('two', 'digest.txt')).toBe(read('plain', 'digest.txt'))
}, 60_000)

test('pictures every so many seconds', async () => {
  await spawned([...TRAIN, '--sample-every', '0.001s', '--out', 'run'], at.path)
  expect(pictures('run').length).toBeGreaterThan(0)
})

test('event files for TensorBoard, one of each process that trains; --force removes them', async () => {
  const logs = ['--log-every', '8', '--sample-every', '8', '--tensorboard']
  await spawned([...TRAIN, ...logs, '--out', 'run', '--epochs', '1'], at.path)
  await spawned(['train', '--resume', 'run', '--epochs', '2', '--quiet', ...logs], at.path)
  const files = () => readdirSync(at.in('run')).filter((name) => name.includes('tfevents')).sort()
  const [first, second, ...more] = files().map((name) => events(readFileSync(at.in('run', name))))
  expect(more).toEqual([])
  const begin = { version: 'brain.Event:2', step: 0 }
  expect(first!.slice(0, 2)).toMatchObject([begin, { step: 1, start: true }])
  expect(second!.slice(0, 2)).toMatchObject([begin, { step: 13, start: true }])
  const tags = (all: readonly Event[]) => all.flatMap(({ step, values }) => values.map(({ tag }) => `${step} ${tag}`))
  expect(tags(first!)).toEqual([
    ...['loss', 'reconstruction', 'kl'].map((name) => `8 steps/${name}`), '8 samples', '8 reconstructions',
    ...['loss', 'reconstruction', 'kl'].map((name) => `12 epoch/${name}`), '12 samples', '12 reconstructions'])
  expect(tags(second!).filter((tag) => tag.includes('loss'))).toEqual(['16 steps/loss', '24 steps/loss', '24 epoch/loss'])
  const valueAt = (step: number, tag: string) => first!.filter((event) => event.step === step)
    .flatMap(({ values }) => values).find((value) => value.tag === tag)!
  expect(valueAt(8, 'steps/loss').scalar).toBe(Math.fround(lines('run')[0]!.metrics['loss']!))
  const { png, size } = valueAt(8, 'samples').image!
  expect(Buffer.compare(png, readFileSync(at.in('run', 'samples', 'step-000008.png')))).toBe(0)
  const { height, width } = decodePng(png)
  expect(size).toEqual([height, width, 1])
  await spawned([...TRAIN, '--out', 'run', '--force'], at.path)
  expect(files()).toEqual([])
}, 60_000)

test.each([
  [['--sample-every', '1.5'], 'a number of steps, or of seconds as in 30s'], [['--sample-every', '0s'], 'a number of steps'],
  [['--log-every', '0'], 'an integer of at least 1'], [['--tensorboard=yes'], 'takes no value'],
])('%j is refused', async (args, message) => {
  expect(await ganglion(['train', 'vae', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})

test('training stops where both intervals do', () => {
  expect(stopsOf({ logEvery: 12, sampleEvery: { steps: 18 } })).toBe(6)
  expect(stopsOf({ sampleEvery: { seconds: 3 } })).toBe(undefined)
})

test('steps that were undone come again in a line of their own', () => {
  const steps = new StepLines(4, 0)
  const now = (step: number, loss: number) =>
    ({ epoch: 1, step, lastStep: 100, metrics: { loss }, samples: step, seconds: step, epochDone: false })
  expect(steps.next(now(3, 1))).toBe(undefined)
  expect(steps.next(now(2, 1))).toBe(undefined)
  expect(steps.next(now(4, 2))).toMatchObject({ from: 2, step: 4, metrics: { loss: 3 } })
})

interface Value { tag: string, scalar?: number, image?: { size: number[], png: Uint8Array } }
interface Event { step: number, time: number, version?: string, start?: boolean, values: Value[] }

/** Records by their frames and checksums, as tensorflow/core/lib/io/record_reader.cc reads them. */
function events(file: Uint8Array): Event[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const found: Event[] = []
  let begin = 0
  while (begin < file.length) {
    const length = Number(view.getBigUint64(begin, true))
    const data = file.subarray(begin + 12, begin + 12 + length)
    expect(view.getUint32(begin + 8, true)).toBe(masked(file.subarray(begin, begin + 8)))
    expect(view.getUint32(begin + 12 + length, true)).toBe(masked(data))
    found.push(eventOf(data))
    begin += 16 + length
  }
  return found
}

function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** Castagnoli's polynomial, reflected. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}

test("RFC 3720's values of CRC-32C", () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
})

/** A message's fields, by their numbers. */
function fields(bytes: Uint8Array, take: (field: number, reader: BinaryReader, wire: WireType) => void): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    take(field, reader, wire)
  }
}

function eventOf(bytes: Uint8Array): Event {
  const event: Event = { step: 0, time: 0, values: [] }
  fields(bytes, (field, reader, wire) => {
    if (field === 1) event.time = reader.double()
    else if (field === 2) event.step = Number(reader.int64())
    else if (field === 3) event.version = reader.string()
    else if (field === 7) fields(reader.bytes(), (n, log) => { event.start = n === 1 && log.int32() === 1 })
    else if (field === 5) fields(reader.bytes(), (_, summary) => event.values.push(valueOf(summary.bytes())))
    else reader.skip(wire)
  })
  expect(Math.abs(event.time - Date.now() / 1000)).toBeLessThan(3600)
  return event
}

function valueOf(bytes: Uint8Array): Value {
  const value: Value = { tag: '' }
  fields(bytes, (field, reader, wire) => {
    if (field === 1) value.tag = reader.string()
    else if (field === 2) value.scalar = reader.float()
    else if (field === 4) {
      const image = { size: [] as number[], png: new Uint8Array() }
      fields(reader.bytes(), (n, inner) => {
        if (n === 4) image.png = new Uint8Array(inner.bytes())
        else image.size.push(inner.int32())
      })
      value.image = image
    } else reader.skip(wire)
  })
  return value
}
