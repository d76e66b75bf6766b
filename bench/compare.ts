// Two builds of the core against each other, taking turns in one process: is a change to a kernel a gain?
// `npm run bench:compare -- OLD.wasm NEW.wasm [MODEL …] [--batch-size 128] [--windows 60]`
// The ratio is new over old of neighbouring windows; below 1 the new one is faster. Both must take the same tape.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRuntime } from '../src/runtime/runtime.ts'
import { median, spread } from '../src/bench/statistics.ts'
import { type ModelName, modelNamed, MODELS, trainingStep } from './step.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'batch-size': { type: 'string', default: '128' }, windows: { type: 'string', default: '60' } },
})
const [older, newer, ...names] = positionals
if (!older || !newer) throw new RangeError('compare: give two wasm files: OLD.wasm NEW.wasm')
const models: ModelName[] = names.length ? names.map(modelNamed) : (Object.keys(MODELS) as ModelName[])
const batch = Number(values['batch-size'])

console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}, batch ${batch}\n`)
console.log('| model | old, ms | new, ms | new / old: median (quartiles) |\n|---|---|---|---|')
for (const model of models) {
  const sides = await Promise.all([older, newer].map(async (file) => {
    const runtime = await createRuntime({ core: readFileSync(file) })
    return { fn: trainingStep(await runtime.session(1), model, batch), ms: [] as number[] }
  }))
  for (const { fn } of sides) fn.run(20)
  const began = performance.now()
  sides[0]!.fn.run(1)
  const steps = Math.max(1, Math.round(30 / (performance.now() - began)))
  const ratios: number[] = []
  for (let window = 0; window < Number(values.windows); window++) {
    // The first of a pair alternates, so that neither always runs on the other's heels.
    for (const side of window % 2 ? sides : [...sides].reverse()) {
      const start = performance.now()
      side.fn.run(steps)
      side.ms.push((performance.now() - start) / steps)
    }
    ratios.push(sides[1]!.ms.at(-1)! / sides[0]!.ms.at(-1)!)
  }
  const [a, b] = sides.map(({ ms }) => median(ms).toFixed(2))
  console.log(`| ${model} | ${a} | ${b} | ${spread(ratios, 3)} |`)
}
