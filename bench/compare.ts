// Two builds against each other, taking turns in one process: is a change a gain?
// `npm run bench:compare -- OLD.wasm NEW.wasm [MODEL …] [OPTIONS]`: two cores
// `npm run bench:compare -- --commits OLD NEW [MODEL …]`: two commits, cores and host code; . is this checkout as it stands
// Options: `--batch-size 128`, `--windows 60`, `--window-ms 30`, `--wide`, `--relaxed`, `--threads 2`, `--json FILE`.
// The ratio is new over old of neighbouring windows; below 1 the new one is faster. Bits: of all weights after warming up.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { figure, median, medianBounds, spread } from '../src/bench/statistics.ts'
import { calibrate } from '../src/bench/windows.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { fromCommit, fromWasm, type Step } from './builds.ts'
import { type ModelName, modelNamed, MODELS } from './step.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    commits: { type: 'boolean', default: false },
    'batch-size': { type: 'string', default: '128' },
    ...BUILD,
    json: { type: 'string' },
    threads: { type: 'string', default: '1' },
    windows: { type: 'string', default: '60' },
    'window-ms': { type: 'string', default: '30' },
  },
})
const [older, newer, ...names] = positionals
if (!older || !newer) {
  throw new RangeError('compare: give two wasm files (OLD.wasm NEW.wasm), or two commits (--commits OLD NEW)')
}
const models: ModelName[] = names.length ? names.map(modelNamed) : (Object.keys(MODELS) as ModelName[])
const batch = integer('batch-size', values['batch-size'])
const windows = integer('windows', values.windows)
const windowMs = integer('window-ms', values['window-ms'])
const build = buildOf(values)
const options = { ...build, threads: integer('threads', values.threads) }
const WARM_STEPS = 10

const sides = []
for (const given of [older, newer]) sides.push(values.commits ? await fromCommit(given, options) : fromWasm(given, options))
const [before, after] = sides as [(typeof sides)[number], (typeof sides)[number]]

function verdict(ratios: readonly number[]): string {
  const [low, high] = medianBounds(ratios)
  const found = high < 1 ? 'faster' : low > 1 ? 'slower' : 'no difference seen'
  return `${low.toFixed(3)}–${high.toFixed(3)}: ${found}`
}

const facts = await about({ precision: 'deterministic', wide: false, ...build })
console.log(`${aboutLine(facts)}; batch ${batch}, threads: ${values.threads}, ${windows} windows of ${windowMs} ms\n`)
console.log(`old: ${before.name}\nnew: ${after.name}\n`)
const head = ['model', 'old, ms', 'new, ms', 'new / old: median (quartiles)', 'the median, 95 % sure', 'bits']
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
const results = []
for (const model of models) {
  const steps = await Promise.all([before, after].map((side) => side.step(model, batch)))
  const [old, young] = steps.map((step) => ({ ...step, ms: [] as number[] })) as [Timed, Timed]
  for (const { run } of [old, young]) run(WARM_STEPS)
  const same = old.digest() === young.digest()
  const times = calibrate(old.run, windowMs)
  const ratios: number[] = []
  for (let window = 0; window < windows; window++) {
    // The first of a pair alternates, so that neither always runs on the other's heels.
    for (const side of window % 2 ? [old, young] : [young, old]) {
      const start = performance.now()
      side.run(times)
      side.ms.push((performance.now() - start) / times)
    }
    ratios.push(young.ms.at(-1)! / old.ms.at(-1)!)
  }
  const [a, b] = [old, young].map(({ ms }) => median(ms).toFixed(2))
  console.log(`| ${model} | ${a} | ${b} | ${spread(ratios, 3)} | ${verdict(ratios)} | ${same ? 'same' : 'different'} |`)
  results.push({ model, same, old: figure(old.ms), new: figure(young.ms), ratio: figure(ratios), bounds: medianBounds(ratios) })
  for (const { close } of [old, young]) await close()
}
if (values.json) {
  const result = { ...facts, batch, threads: options.threads, old: before.name, new: after.name, results }
  await writeFile(values.json, `${JSON.stringify(result, null, 1)}\n`)
}

interface Timed extends Step { readonly ms: number[] }
