// A run's tasks done again: who lied while nobody looked is named, and nobody else.
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/formats/sha256.ts'
import { auditStretch, drawStretches } from '../../src/swarm/audit.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
import { type StageRecord, TaskRecords } from '../../src/swarm/record.ts'
import { trainTogether } from '../../src/swarm/train.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork, type StepWork } from '../../src/swarm/work.ts'
import { generator } from '../harness.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

const textOf = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('')

/** A run by two workers, of which one gives a wrong task at some step, unless it is 0; what was recorded. */
async function recorded(kind: string, lieAt: number): Promise<{ records: StageRecord[], steps: number, digest: string }> {
  const define = KINDS[kind]!
  const work = createWork(await modelOf(define), data, RECIPE)
  const records: StageRecord[] = []
  const coordinator = new Coordinator(work, { run: 'run', recipe: {}, ganglion: 'test', fresh: await work.model.digest() }, {
    leaseMs: 10_000, audit: 0, chance: generator(3), digests: true, pollMs: 1000, onStage: (record) => records.push(record),
  })
  let told = 0
  // Between the worker and the coordinator, so that all but one result is an honest one.
  const request = async (message: Uint8Array): Promise<Uint8Array> => {
    const { header, payload } = decodeMessage(message)
    const lies = header['do'] === 'result' && header['worker'] === 'b' && ++told === lieAt
    if (!lies) return coordinator.handle(message)
    const values = new Float32Array(payload.slice().buffer)
    values[2]! += 0.25
    return coordinator.handle(encodeMessage({ ...header, sha256: await sha256([new Uint8Array(values.buffer)]) }, values))
  }
  const make = async () => createWork(await modelOf(define), data, RECIPE)
  const workers = ['a', 'b'].map((name) => serve({ request }, { name, ganglion: 'test', make, retryMs: 1 }))
  const { digest, epochs } = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: EPOCHS }))
  coordinator.close()
  await Promise.all(workers)
  return { records, steps: epochs.at(-1)!.step, digest }
}

const workOf = async (kind: string): Promise<StepWork> => createWork(await modelOf(KINDS[kind]!), data, RECIPE)

describe.each(['vae', 'gan', 'dcgan'])('%s', (kind) => {
  it('of honest workers: all tasks hold, and the end is that of one machine', async () => {
    const { records, steps, digest } = await recorded(kind, 0)
    const work = await workOf(kind)
    const kept = { step: steps, state: digest }
    const found = await auditStretch(work, TaskRecords.of(textOf([...records, kept]), 'tasks'), steps)
    expect(found).toMatchObject({ from: 0, to: steps, faults: [], unjudged: 0, unrecorded: 0, otherState: false })
    const later = TaskRecords.of(textOf(records.filter(({ step }) => step > 2)), 'tasks')
    expect(await auditStretch(await workOf(kind), later, steps)).toMatchObject({ faults: [], unjudged: 0, unrecorded: 2 })
    expect([...found.tasks.keys()].sort()).toEqual(['a', 'b'])
    const all = records.reduce((n, { by }) => n + by.length, 0)
    expect([...found.tasks.values()].reduce((a, b) => a + b)).toBe(all)
    expect(await work.model.digest()).toBe((await alone(KINDS[kind]!)).digest)
  })

  it('of a worker that lied once: it is named, with the place, and what came after is not judged', async () => {
    const { records, steps, digest } = await recorded(kind, 6)
    expect(digest).not.toBe((await alone(KINDS[kind]!)).digest)
    const { faults, to, unjudged } = await auditStretch(await workOf(kind), TaskRecords.of(textOf(records), 'tasks'), steps)
    expect(faults).toHaveLength(1)
    const [{ worker, step, stage, microBatch }] = faults as [typeof faults[number]]
    expect(worker).toBe('b')
    expect(records.find((record) => record.step === step && record.stage === stage)!.by[microBatch]).toBe('b')
    expect([to, unjudged]).toEqual([step, steps - step])
  })
})

it('a kept state that is another than its steps give is said', async () => {
  const { records } = await recorded('vae', 0)
  const kept = TaskRecords.of(textOf([...records, { step: 3, state: '0'.repeat(64) }]), 'tasks')
  expect(kept.statesUpTo(9)).toEqual([3])
  expect(kept.statesUpTo(2)).toEqual([])
  expect(await auditStretch(await workOf('vae'), kept, 3)).toMatchObject({ faults: [], otherState: true })
})

it('of two records of a stage the later counts; a line that was cut is none, and one that is no record an error', () => {
  const record = (sha256: string) => ({ step: 1, stage: 0, by: ['a'], sha256: [sha256] })
  const records = TaskRecords.of(`${textOf([record('x'), record('y')])}{"step":2,"sta\n`, 'tasks')
  expect(records.stage(1, 0)).toEqual(record('y'))
  expect(records.size).toBe(1)
  expect(() => TaskRecords.of('{"step":0}', 'tasks.jsonl'))
    .toThrow('line 1 of "tasks.jsonl" is no record of tasks; copy the run again, or remove the line')
})

it('stretches are drawn until they are the share of the steps', () => {
  const starts = [0, 10, 20, 30]
  expect(drawStretches(starts, 40, 1, () => 0)).toEqual([0, 10, 20, 30].map((from) => ({ from, to: from + 10 })))
  expect(drawStretches(starts, 35, 0.1, () => 0.99)).toEqual([{ from: 30, to: 35 }])
  const uniform = generator(4)
  const drawn = Array.from({ length: 400 }, () => drawStretches(starts, 40, 0.25, uniform))
  expect(drawn.every(({ length }) => length === 1)).toBe(true)
  for (const from of starts) expect(drawn.filter(([one]) => one!.from === from).length).toBeGreaterThan(60)
})
