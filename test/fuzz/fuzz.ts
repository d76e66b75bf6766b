// Feeds damaged inputs to every parser, for a number of runs or of minutes, each within limits of time and memory. It is a
// process of its own, because a limit of memory is one of a process. `npm run fuzz -- --minutes 30`; `--help` lists the options.
import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { GanglionError } from '../../src/errors.ts'
import { type Target, targets } from './targets.ts'

/** Of the processor, for one input; and of the clock, after which the process is taken to hang. */
const [MOST_SECONDS, HANGS_SECONDS] = [4, 60]
/** What one input may add to the most that the process ever held. */
const MOST_MEMORY = 256 * 2 ** 20
/** Runs between two looks at the clock. */
const ROUND = 250

const { values } = parseArgs({
  options: {
    runs: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string', default: '1' }, only: { type: 'string' },
    path: { type: 'string' }, help: { type: 'boolean' },
  },
})
if (values.help) {
  console.log('npm run fuzz -- [--minutes 30 | --runs N (of each target)] [--seed N] [--only TARGET [--path PATH]]\n' +
    `targets: ${targets.map(({ name }) => name).join(', ')}`)
  process.exit(0)
}

/** JavaScript's own words, which a user is never to read. */
const RAW = new RegExp([
  'Cannot (read|set|convert|destructure|mix)', 'is not (a function|iterable|defined|a constructor|valid JSON)',
  'Maximum call stack', 'Invalid (array|typed array|string) length', '[Aa]llocation failed', 'out of memory',
].join('|'))

/** @throws what is wrong with an input's end */
function judge(error: unknown, { refusals = [GanglionError] }: Target): void {
  const known = refusals.some((kind) => error instanceof kind)
  if (known && !RAW.test((error as Error).message)) return
  throw new Error(`refused without our words: ${(error as Error)?.stack ?? String(error)}`, { cause: error })
}

const beat = new Int32Array(new SharedArrayBuffer(4))
/** Ends a process that hangs, which nothing in its own thread can. */
const watchdog = new Worker(`
  const { beat, seconds, pid } = require('node:worker_threads').workerData
  let last = -1
  setInterval(() => {
    const now = Atomics.load(beat, 0)
    if (now === last) {
      require('node:fs').writeSync(2, 'fuzz: an input hangs\\n')
      process.kill(pid, 'SIGKILL')
    }
    last = now
  }, seconds * 1000)
`, { eval: true, workerData: { beat, seconds: HANGS_SECONDS, pid: process.pid } })
watchdog.unref()

async function within(target: Target, input: unknown): Promise<void> {
  Atomics.add(beat, 0, 1)
  const [memory, began] = [process.resourceUsage().maxRSS * 1024, process.cpuUsage()]
  try {
    await target.run(input as never)
  } catch (error) {
    judge(error, target)
  }
  const { user, system } = process.cpuUsage(began)
  const [seconds, more] = [(user + system) / 1e6, process.resourceUsage().maxRSS * 1024 - memory]
  if (seconds > MOST_SECONDS) throw new Error(`took ${seconds.toFixed(1)} s`)
  if (more > MOST_MEMORY) throw new Error(`took ${Math.round(more / 2 ** 20)} MiB`)
}

/** Runs inputs of one target; what is wrong with one of them, if any. */
async function round(target: Target, seed: number, runs: number): Promise<string | undefined> {
  const property = fc.asyncProperty(target.inputs, (input) => within(target, input))
  const details = await fc.check(property, { seed, numRuns: runs, ...(values.path && { path: values.path }) })
  if (!details.failed) return undefined
  const { counterexample, counterexamplePath: path, errorInstance } = details
  return `${target.name}: ${(errorInstance as Error).message}\ninput: ${fc.stringify(counterexample).slice(0, 2000)}\n` +
    `again: npm run fuzz -- --only ${target.name} --runs ${runs} --seed ${seed} --path ${path}`
}

const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only)
if (!chosen.length) throw new RangeError(`fuzz: there is no target '${values.only}'; --help lists them`)
const end = values.minutes === undefined ? undefined : performance.now() + Number(values.minutes) * 60_000
const counts = new Map(chosen.map((target) => [target, 0]))
let seed = Number(values.seed)
const wanted = (target: Target): number => (values.runs === undefined ? target.runs : Number(values.runs))
for (let more = true; more; seed++) {
  more = false
  for (const target of chosen) {
    const left = end === undefined ? wanted(target) - counts.get(target)! : Infinity
    const runs = values.path === undefined ? Math.min(ROUND, left) : left
    if (runs <= 0) continue
    const fault = await round(target, seed, runs)
    if (fault !== undefined) {
      writeSync(2, `${fault}\n`)
      process.exit(1)
    }
    counts.set(target, counts.get(target)! + runs)
    more = end === undefined ? more || runs < left : performance.now() < end
  }
}
console.log([...counts].map(([{ name }, count]) => `${name} ${count}`).join(', '))
process.exit(0)
