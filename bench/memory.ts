// Memory: how near each plan is to the least that its schedule can need, and the largest resident set of a process that
// trains, ours beside others', a process for each contestant and model. `npm run bench:memory`
//   [-- --models vae,gan] [--batch 128] [--threads 1,2,4]
//   [--contestants 'tfjs wasm',…] [--steps 10] [--limit SECONDS] [--node PATH] [--json FILE]
// The targets: plans within 1.25 of the lower bound; our process at most half of tfjs's wasm. Linux, for its VmHWM.
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { integer, integers } from './arguments.ts'
import { table } from './markdown.ts'
import { Child } from './peers/child.ts'
import { contestants, type Entry, nodeFor } from './peers/contestants.ts'
import { initOf, prepare } from './peers/prepare.ts'
import { start } from './peers/race.ts'
import { type ModelName, modelNamed, MODELS, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: Object.keys(MODELS).join() },
    batch: { type: 'string', default: '128' },
    threads: { type: 'string', default: '1,2,4' },
    contestants: { type: 'string', default: 'ganglion,tfjs wasm,PyTorch 1' },
    steps: { type: 'string', default: '10' },
    limit: { type: 'string', default: '120' },
    node: { type: 'string' },
    json: { type: 'string' },
  },
})
const models = values.models.split(',').map(modelNamed)
const batch = integer('batch', values.batch)
const steps = integer('steps', values.steps)
const seconds = integer('limit', values.limit)
const PLAN_TARGET = 1.25
const RIVAL = 'tfjs wasm'
const RIVAL_TARGET = 0.5

const verdict = (ratio: number, target: number): string => `${ratio.toFixed(2)}${ratio <= target ? '' : ` (over ${target})`}`

async function plans() {
  const rows = []
  for (const threads of integers('threads', values.threads)) {
    const runtime = await createRuntime({ threads, worker: pathToFileURL('dist/runtime/thread.js') })
    for (const model of models) {
      for (const size of new Set([16, batch, 512])) {
        const { peakBytes, lowerBound } = trainingStep(await runtime.session(1), model, size).plan
        rows.push({ model, batch: size, threads, peakBytes, lowerBound, ratio: peakBytes / lowerBound })
      }
    }
    await runtime.close()
  }
  return rows
}

/** Megabytes, or why there are none. */
type Resident = number | string

/** The peak of a process that trains `steps` steps. */
async function resident(entry: Entry, model: ModelName): Promise<Resident> {
  if (typeof entry.command === 'string') return entry.command
  const child = start(entry)
  try {
    await child.init(await initOf(model, batch, entry.threads, false), seconds)
    // The first alone: it shows within the limit whether the model can be trained at all.
    await child.steps(1, seconds)
    await child.steps(steps - 1, seconds)
    return child.peakMegabytes() ?? 'this system does not tell (no /proc)'
  } catch (error) {
    return `cannot: ${(error as Error).message}`
  } finally {
    child.end()
  }
}

/** A Node that does nothing, as all JavaScript contestants start. */
async function nodeAlone(node: string): Promise<Resident> {
  const answer = 'process.stdin.on("data", () => console.log(JSON.stringify({ ms: 0, losses: [] })))'
  const child = new Child([node, '-e', answer], {})
  try {
    await child.steps(1, seconds)
    return child.peakMegabytes() ?? 'this system does not tell (no /proc)'
  } finally {
    child.end()
  }
}

const planned = await plans()
const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(2)
const facts = await about({ precision: 'deterministic', wide: false })
console.log(`${aboutLine(facts)}\n`)
console.log(table(['model', 'batch', 'threads', 'plan, MB', 'lower bound, MB', 'plan over bound'], planned.map((p) =>
  [p.model, p.batch, p.threads, megabytes(p.peakBytes), megabytes(p.lowerBound), verdict(p.ratio, PLAN_TARGET)])))

const node = nodeFor(values.node)
const all = await contestants(node, [1])
const wanted = values.contestants.split(',')
const unknown = wanted.find((name) => !all.some((entry) => entry.name.startsWith(name)))
if (unknown !== undefined) {
  throw new RangeError(`no contestant is called '${unknown}'; there are: ${all.map((e) => e.name).join('; ')}`)
}
const entries = all.filter(({ name }, i) => i === 0 || wanted.some((w) => name.startsWith(w)))
await prepare(models)

const alone = await nodeAlone(node)
const residents: { model: ModelName; name: string; resident: Resident }[] = []
for (const model of models) {
  for (const entry of entries) residents.push({ model, name: entry.name, resident: await resident(entry, model) })
}
const of = (model: ModelName, name: string) => residents.find((r) => r.model === model && r.name === name)!.resident
const shown = (value: Resident) => (typeof value === 'number' ? value.toFixed(0) : value)
/** Ours over theirs; none where either is missing. */
function over(model: ModelName, name: string): string {
  const [ours, theirs] = [of(model, entries[0]!.name), of(model, name)]
  if (typeof ours !== 'number' || typeof theirs !== 'number' || name === entries[0]!.name) return '–'
  return name.startsWith(RIVAL) ? verdict(ours / theirs, RIVAL_TARGET) : (ours / theirs).toFixed(2)
}
console.log(`\nPeak RSS, MB, batch ${batch}, ${steps} steps; Node alone ${shown(alone)}\n`)
console.log(table(['model', 'contestant', 'peak RSS, MB', 'ours over theirs'], residents.map(({ model, name, resident }) =>
  [model, name, shown(resident), over(model, name)])))
if (values.json) {
  const result = { ...facts, batch, steps, alone, plans: planned, residents }
  await writeFile(values.json, `${JSON.stringify(result, null, 1)}\n`)
}
