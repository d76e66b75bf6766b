// Threads that run ahead as far as the tape lets them: from one barrier to the next each goes through all its parts of all ops
// before another begins, first to last and last to first. A barrier that is missing where one thread reads what another writes
// shows here every time, not once in a thousand runs.
import { describe, expect, test } from 'vitest'
import { stepOf } from '../../src/bench/step.ts'
import { halvingsOf } from '../../src/compiler/marks.ts'
import { NO_BARRIER, SMALL } from '../../src/graph/contract.generated.ts'
import type { CompiledFunction } from '../../src/runtime/function.ts'
import type { SessionMemory } from '../../src/runtime/memory.ts'
import { newSession } from '../harness.ts'
import { BATCH, MODELS } from './models.ts'

const STEPS = 3

async function compiled(name: string, threads: number): Promise<CompiledFunction> {
  const session = await newSession(5, threads)
  return stepOf(session, MODELS[name]!(), BATCH)
}

/** Which variables do not have the same values in both sessions. */
function different(a: SessionMemory, b: SessionMemory): string[] {
  const other = new Map(b.variables.map((v) => [v.attrs.name, b.values(v)]))
  return a.variables.filter((v) => a.values(v).some((x, i) => x !== other.get(v.attrs.name)![i])).map((v) => v.attrs.name)
}

interface Call {
  readonly at: number
  readonly small: boolean
}

/** The parts that each thread has of a segment. */
const partsOf = ({ tape }: CompiledFunction, segment: readonly Call[]): number =>
  1 << halvingsOf(tape.words[segment[0]!.at + 1]!)

/** The tape's calls between one barrier and the next, by the marks that the core reads. */
function* segments({ tape }: CompiledFunction): Generator<Call[]> {
  let segment: Call[] = []
  for (const { at } of tape.calls) {
    const mark = tape.words[at + 1]!
    segment.push({ at, small: (mark & SMALL) !== 0 })
    if (!(mark & SMALL) && mark & NO_BARRIER) continue
    yield segment
    segment = []
  }
  if (segment.length) throw new Error('the tape ends without a barrier')
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  test.each([2, 3, 7])('%i threads, each as far ahead as it may be', async (threads) => {
    const one = await compiled(name, 1)
    one.run(STEPS)
    for (const backwards of [false, true]) {
      const many = await compiled(name, threads)
      const { core } = many.session
      for (let step = 0; step < STEPS; step++) {
        for (const segment of segments(many)) {
          const each = partsOf(many, segment)
          const parts = threads * each
          for (let i = 0; i < parts; i++) {
            const part = backwards ? parts - 1 - i : i
            // Whoever takes it: the scratch is that thread's.
            const thread = (part + step) % threads
            for (const { at, small } of segment) {
              if (!small) core.runOp(many.wordAddress(at), part, parts, thread, each)
              else if (part === 0) core.runOp(many.wordAddress(at), 0, 1)
            }
          }
        }
      }
      expect(different(many.session, one.session)).toEqual([])
    }
  })
})
