// `npm run test:sizes`: built-in models at their defaults on pictures of many sizes, the cheapest first, which takes many hours.
// Each result is printed as it comes; what `--log FILE` has of an earlier run is not run again. On Node 24 it takes wide vectors,
// which give the same bits.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { automaticWide } from '../../src/cli/options.ts'
import { costOf, curvesOf, faultsOf, matrix, title, type Trial } from './sizes.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string' }, side: { type: 'string' }, channels: { type: 'string' }, batch: { type: 'string' },
    steps: { type: 'string', default: '300' }, log: { type: 'string' }, list: { type: 'boolean' },
  },
})
const steps = Number(values.steps)
if (!Number.isInteger(steps) || steps < 4) throw new RangeError(`test:sizes expected --steps of at least 4, got ${values.steps}`)

const oneOf = (given: string | undefined, value: unknown): boolean => (
  given === undefined || given.split(',').includes(String(value)))
const chosen = matrix(steps).filter(({ model, shape: [side, , channels], batchSize }) => (
  oneOf(values.model, model) && oneOf(values.side, side) && oneOf(values.channels, channels) && oneOf(values.batch, batchSize)))
if (!chosen.length) throw new RangeError('test:sizes: no case is of that --model, --side, --channels and --batch')

interface Result { readonly trial: string, readonly seconds: number, readonly faults: readonly string[] }
const earlier: Result[] = values.log && existsSync(values.log)
  ? readFileSync(values.log, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Result) : []
const done = new Set(earlier.map(({ trial }) => trial))

async function tried(trial: Trial): Promise<Result> {
  const began = process.cpuUsage()
  const faults = faultsOf(await curvesOf(trial, { wide }))
  const { user, system } = process.cpuUsage(began)
  return { trial: title(trial), seconds: Math.round((user + system) / 1e5) / 10, faults }
}

const wide = automaticWide()
const wrong: Result[] = []
const left = chosen.filter((trial) => !done.has(title(trial))).sort((a, b) => costOf(a) - costOf(b))
for (const [i, trial] of left.entries()) {
  if (values.list) {
    console.log(title(trial))
    continue
  }
  const result = await tried(trial)
  if (result.faults.length) wrong.push(result)
  if (values.log) appendFileSync(values.log, `${JSON.stringify(result)}\n`)
  console.log(`${i + 1} of ${left.length}, ${result.trial}, ${result.seconds} s: ${result.faults.join('; ') || 'good'}`)
}
console.log(`sizes: ${left.length} tried, ${chosen.length - left.length} tried before, ${wrong.length} wrong`)
process.exitCode = wrong.length ? 1 : 0
