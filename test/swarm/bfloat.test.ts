// Gradients of 16 bits: Philox against its published vectors and the core's, rounding without a bias, one digest by any workers.
import { describe, expect, it } from 'vitest'
import { inRounds } from '../../src/models/rounds.ts'
import { pack, packedBytes, philox, roundToBfloat, unpack } from '../../src/swarm/bfloat.ts'
import { auditStretch } from '../../src/swarm/audit.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { localCrew, trainTogether } from '../../src/swarm/index.ts'
import { type StageRecord, TaskRecords } from '../../src/swarm/record.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork, type StepWork } from '../../src/swarm/work.ts'
import { generator } from '../harness.ts'
import { data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

it('Philox 4x32-10: the vectors of Random123', () => {
  const block = (counter: [number, number, number, number], key: [number, number]) => {
    const out = new Uint32Array(4)
    philox(out, ...counter, ...key)
    return [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')
  }
  const ones = 0xffffffff
  expect(block([0, 0, 0, 0], [0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8')
  expect(block([ones, ones, ones, ones], [ones, ones])).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd')
  expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))
    .toBe('d16cfe09 94fdcceb 5001e420 24126ea1')
})

const words = (step: number, seed = 9): number[] => [step, 0, 0, 0, seed, 0]
const rounded = (values: ArrayLike<number>, step = 1, k = 0): Float32Array => {
  const out = Float32Array.from(values)
  roundToBfloat(out, words(step), 0, k)
  return out
}

describe('rounding', () => {
  it('is up or down to the neighbours of 16 bits, keeps the mean, and what has 16 bits', () => {
    const x = Math.fround(1.2345678)
    const all = rounded(new Float32Array(100_000).fill(x))
    // Neighbours are 2^-7 apart.
    const [down, up] = [Math.floor(x * 128) / 128, Math.ceil(x * 128) / 128]
    expect(new Set(all)).toEqual(new Set([down, up]))
    const mean = all.reduce((a, b) => a + b) / all.length
    const deviation = Math.sqrt((x - down) * (up - x) / all.length)
    expect(Math.abs(mean - x)).toBeLessThan(4 * deviation)
    const exact = [0, -0, 1, -1.5, 2 ** -130, -(2 ** 100), 1.0078125, Infinity, -Infinity, NaN]
    expect(rounded(exact)).toEqual(Float32Array.from(exact))
    expect(Object.is(rounded([-0])[0], -0)).toBe(true)
    expect(rounded([-x, -x, -x, -x]).every((y) => y === -down || y === -up)).toBe(true)
  })
  it('depends on seed, step, stage, micro-batch and index, and on nothing else', () => {
    const values = Float32Array.from({ length: 999 }, generator(2))
    const of = (step: number, stage: number, k: number, seed = 9) => {
      const out = values.slice()
      roundToBfloat(out, words(step, seed), stage, k)
      return out.join()
    }
    expect(of(1, 0, 0)).toBe(of(1, 0, 0))
    expect(new Set([of(1, 0, 0), of(2, 0, 0), of(1, 1, 0), of(1, 0, 1), of(1, 0, 0, 8), of(2 ** 31, 0, 0)]).size).toBe(6)
    const part = values.slice(0, 100)
    roundToBfloat(part, words(1), 0, 0)
    expect(of(1, 0, 0).startsWith(part.join())).toBe(true)
  })
  it('of a bit alone is rounded up as often as it says', () => {
    // A quarter of the way from 1 to its neighbour.
    const all = rounded(new Float32Array(40_000).fill(1 + 2 ** -9), 5, 3)
    expect(all.filter((y) => y > 1).length / all.length).toBeCloseTo(0.25, 1.5)
  })
  it('is sent in 16 bits, the rest in 32, and comes as it went', () => {
    for (const [sums, own] of [[5, 2], [4, 3], [0, 3], [3, 0]] as const) {
      const layout = { sums, floats: sums + own, rounded: sums }
      const values = Float32Array.from({ length: sums + own }, generator(4))
      roundToBfloat(values.subarray(0, sums), words(1), 0, 0)
      const packed = pack(values, layout)
      expect(packed.length).toBe(2 * sums + 4 * own)
      expect(packed.length).toBe(packedBytes(layout))
      expect(unpack(packed, layout)).toEqual(values)
    }
  })
})

async function byWorkers(make: () => Promise<StepWork>, count: number) {
  const work = await make()
  const records: StageRecord[] = []
  const coordinator = new Coordinator(work, { run: 'run', recipe: {}, ganglion: 'test', fresh: await work.model.digest() }, {
    leaseMs: 10_000, audit: 0.2, chance: generator(3), digests: true, pollMs: 1000, onStage: (record) => records.push(record),
  })
  const workers = Array.from({ length: count }, (_, i) => (
    serve({ request: coordinator.handle }, { name: `w${i}`, ganglion: 'test', make, retryMs: 1 })))
  const made = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: EPOCHS }))
  coordinator.close()
  await Promise.all(workers)
  return { ...made, records, bytes: coordinator.traffic.bytes }
}

const ALL = { ...KINDS, 'vae in rounds': () => inRounds(KINDS['vae']!(), { localSteps: 2 }) }
describe.each(Object.entries(ALL))('%s', (kind, define) => {
  const make = (gradients: 'f32' | 'bf16') => async () => createWork(await modelOf(define), data, { ...RECIPE, gradients })

  it('one digest by any number of workers, near that of 32 bits, which an audit computes again', async () => {
    const work = await make('bf16')()
    const here = await trainedBy(work.model, trainTogether(work, localCrew(work), { epochs: EPOCHS }))
    const three = await byWorkers(make('bf16'), 3)
    expect(three.digest).toBe(here.digest)
    expect(three.epochs).toEqual(here.epochs)
    const whole = await byWorkers(make('f32'), 3)
    expect(whole.digest).not.toBe(here.digest)
    for (const [name, x] of Object.entries(whole.epochs.at(-1)!.metrics)) {
      expect(Math.abs(here.epochs.at(-1)!.metrics[name]! - x) / Math.abs(x)).toBeLessThan(kind.startsWith('vae') ? 0.01 : 0.1)
    }
    const text = [...three.records, { step: 10, state: here.digest }].map((record) => JSON.stringify(record)).join('\n')
    const records = TaskRecords.of(text, 'tasks')
    const { faults, otherState } = await auditStretch(await make('bf16')(), records, here.epochs.at(-1)!.step)
    expect({ faults, otherState }).toEqual({ faults: [], otherState: false })
  })
})

it('sends half the bytes of gradients', async () => {
  const bytesOf = async (gradients: 'f32' | 'bf16') => {
    const work = createWork(await modelOf(KINDS['vae']!), data, { ...RECIPE, gradients })
    return packedBytes(work.layout({ size: 12, stage: 0 }))
  }
  const [whole, half] = [await bytesOf('f32'), await bytesOf('bf16')]
  expect(half).toBeLessThan(0.501 * whole)
})
