// Threads that run apart as far as the tape lets them: between two meetings each goes through all its shares of all ops before
// another begins, first to last and last to first. A meeting that is missing where one thread reads what another writes shows
// here every time, not once in a thousand runs.
import { describe, expect, test } from 'vitest'
import { input } from '../../src/graph/leaves.ts'
import { ALONE, halvingsOf, SMALL } from '../../src/compiler/marks.ts'
import { trainingStages } from '../../src/models/stages.ts'
import type { CompiledFunction } from '../../src/runtime/function.ts'
import type { SessionMemory } from '../../src/runtime/memory.ts'
import { generator, newSession } from '../harness.ts'
import { BATCH, MODELS } from './models.ts'

const STEPS = 3

async function compiled(name: string, threads: number): Promise<CompiledFunction> {
  const session = await newSession(5, threads)
  const definition = MODELS[name]!()
  const images = input('images', [BATCH, ...definition.imageShape])
  const uniform = generator(3)
  const fn = session.compile({ group: 'train', stages: trainingStages(definition, { images }) })
  return fn.feed('images', Float32Array.from({ length: images.size }, () => uniform() * 2 - 1))
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

/** The shares that each thread has of a stretch. */
const sharesOf = ({ tape }: CompiledFunction, stretch: readonly Call[]): number =>
  1 << halvingsOf(tape.words[stretch[0]!.at + 1]!)

/** The tape's calls between one meeting and the next. */
function* stretches({ tape }: CompiledFunction): Generator<Call[]> {
  let stretch: Call[] = []
  for (const { at } of tape.calls) {
    const mark = tape.words[at + 1]!
    stretch.push({ at, small: (mark & SMALL) !== 0 })
    if (!(mark & SMALL) && mark & ALONE) continue
    yield stretch
    stretch = []
  }
  if (stretch.length) throw new Error('the tape ends without a meeting')
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  test.each([2, 3, 7])('%i threads, each as far ahead as it may be', async (threads) => {
    const alone = await compiled(name, 1)
    alone.run(STEPS)
    for (const backwards of [false, true]) {
      const apart = await compiled(name, threads)
      const { core } = apart.session
      for (let step = 0; step < STEPS; step++) {
        for (const stretch of stretches(apart)) {
          const each = sharesOf(apart, stretch)
          const shares = threads * each
          for (let i = 0; i < shares; i++) {
            const share = backwards ? shares - 1 - i : i
            // Whoever takes it: the scratch is that thread's.
            const thread = (share + step) % threads
            for (const { at, small } of stretch) {
              if (!small) core.runOp(apart.wordAddress(at), share, shares, thread, each)
              else if (share === 0) core.runOp(apart.wordAddress(at), 0, 1)
            }
          }
        }
      }
      expect(different(apart.session, alone.session)).toEqual([])
    }
  })
})
