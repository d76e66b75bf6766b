// From `import` to the end of the first training step of the VAE (batch 128 of 1280 made-up images, the package's dist), wasm
// compile included: a fresh process each, engines taking turns, so that a drift of the machine hits all alike.
// `npm run bench:start -- [--runs 20] [--floor 60] [--wide] [--dist dist …] [NODE …]`; a median above the floor is an error.
// Several dists (builds of other commits, each in a folder of a package.json) take turns too.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { median, quantile, spread } from '../src/bench/statistics.ts'
import { integer } from './arguments.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '20' },
    wide: { type: 'boolean', default: false },
    floor: { type: 'string' },
    dist: { type: 'string', multiple: true, default: ['dist'] },
  },
})
const runs = integer('runs', values.runs)
const engines = positionals.length ? positionals.map((path) => resolve(path)) : [process.execPath]
const cases = engines.flatMap((engine) => values.dist.map((dist) => ({ engine, dist, samples: [] as number[][] })))
const PHASES = ['import', 'runtime', 'model', 'first step'] as const

/** What a user's program does; the data are there before the clock starts. */
const program = (dist: string): string => `
  const images = Uint8Array.from({ length: 1280 * 784 }, (_, i) => (i * 37) % 256)
  const times = [performance.now()]
  const { createRuntime, imageDataset, Model, vae } = await import('${pathToFileURL(`${dist}/index.js`).href}')
  times.push(performance.now())
  const runtime = await createRuntime({ wide: ${values.wide} })
  times.push(performance.now())
  const model = await Model.create(runtime, vae(), { seed: 1 })
  times.push(performance.now())
  for await (const { step } of model.train(imageDataset({ images, shape: [28, 28, 1] }), { batchSize: 128 })) {
    times.push(performance.now())
    if (step !== 1) throw new Error('the first chunk is not one step')
    break
  }
  console.log(JSON.stringify({ node: process.versions.node, times }))
`

interface Said { node: string, times: number[] }
const versions = new Map<string, string>()
for (let run = 0; run < runs; run++) {
  for (const { engine, dist, samples } of run % 2 ? [...cases].reverse() : cases) {
    const said = execFileSync(engine, ['--input-type=module', '-e', program(dist)], { encoding: 'utf8' })
    const { node, times } = JSON.parse(said) as Said
    versions.set(engine, node)
    samples.push([times.at(-1)! - times[0]!, ...PHASES.map((_, i) => times[i + 1]! - times[i]!)])
  }
}

console.log(`ms: median (quartiles) of ${runs} processes\n`)
console.log(`| Node | import to first step | least | ${PHASES.join(' | ')} |\n|---|---|---|${'---|'.repeat(PHASES.length)}`)
for (const { engine, dist, samples } of cases) {
  const node = versions.get(engine)! + (values.dist.length > 1 ? `, ${dist}` : '')
  const column = (i: number) => samples.map((sample) => sample[i]!)
  const whole = column(0)
  const phases = PHASES.map((_, i) => median(column(i + 1)).toFixed(1))
  console.log(`| ${node} | ${spread(whole, 1)} | ${quantile(whole, 0).toFixed(1)} | ${phases.join(' | ')} |`)
  if (values.floor && median(whole) > Number(values.floor)) {
    console.error(`start: Node ${node} takes ${median(whole).toFixed(1)} ms, the floor is ${values.floor}`)
    process.exitCode = 1
  }
}
