// `npm run torture -- --rounds N [--seed N]`: kills training at random moments, most of them moments of writing, and goes on,
// until N processes were killed. Nothing may be lost, block the next run, or stay behind; each run ends in the bits of one that
// nobody disturbed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { modelNames } from '../../src/models/kinds.ts'
import { generator } from '../../src/verify/draw.ts'
import { Broken, type Kill, Life, type Reference, referenceOf } from './life.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } } })
const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  throw new RangeError(`torture expected --rounds of at least 1 and a --seed, got ${values.rounds} and ${values.seed}`)
}

/** Kills of one run at most. */
const MOST_KILLS = 6
/** Runs that go on at the same time, each in a folder of its own. */
const SIDE_BY_SIDE = 2

const place = mkdtempSync(join(tmpdir(), 'ganglion-torture-'))
const broken: string[] = []
let [kills, runs, calls] = [0, 0, 0]

/** Nine of ten at a call of the file system, of which a third is half done; the others at any time. */
function nextKill(below: (n: number) => number, { calls, ms }: Reference, begun: boolean): Kill {
  if (below(10) === 0) return { ms: below(ms) }
  // A run that goes on is shorter.
  return { call: 1 + below(begun ? Math.ceil(calls / 2) : calls), fate: below(3) === 0 ? 'half' : 'kill' }
}

/** One run after the other. What happens to a run depends on the seed and its number. */
async function worker(references: readonly Reference[], folder: string): Promise<void> {
  mkdirSync(folder)
  while (kills < rounds) {
    const run = runs++
    const reference = references[run % references.length]!
    const draw = generator(seed * 1_000_003 + run)
    const below = (n: number) => Math.floor(draw() * n)
    const force = below(4) === 0
    const life = new Life(reference, folder, force)
    const plan: Kill[] = []
    try {
      for (let n = 1 + below(MOST_KILLS); n > 0; n--) {
        const kill = nextKill(below, reference, plan.length > 0)
        plan.push(kill)
        if (!await life.go(kill, below(2) === 0)) break
        kills++
        if ('call' in kill) calls++
      }
      await life.end()
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      broken.push(error.what)
      const how = plan.map((kill) => ('ms' in kill ? `after ${Math.round(kill.ms)} ms` : `${kill.fate} at call ${kill.call}`))
      console.log(`${error.what}: run ${run}, ${reference.kind}${force ? ' over an earlier run' : ''}, ${how.join(', ')}: ` +
        error.message.trim())
    }
  }
}

const began = performance.now()
try {
  const references: Reference[] = []
  for (const kind of modelNames) references.push(await referenceOf(kind, join(place, kind)))
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, i) => worker(references, join(place, `${i}`))))
} finally {
  rmSync(place, { recursive: true, force: true })
}
const count = (what: Broken['what']) => broken.filter((one) => one === what).length
console.log(`torture: ${kills} kills, ${calls} of them at a call of the file system, in ${runs} runs of ` +
  `${modelNames.join(', ')}, seed ${seed}: ${count('lost')} lost runs, ${count('blocked')} blocked folders, ` +
  `${count('left behind')} leftovers, ${Math.round((performance.now() - began) / 1000)} s`)
process.exitCode = broken.length ? 1 : 0
