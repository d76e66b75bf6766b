// From `import` to the end of a model's first training step (batch 128 of 1280 made-up images, the package's dist), wasm
// compile included: a fresh process each, taking turns, so that a drift of the machine hits all alike. Beside the time it tells
// the processor's: other programs of the machine delay the one more than the other.
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { figure, median, medianBounds, quantile, spread } from '../src/bench/statistics.ts'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { distAt } from './builds.ts'
import { command, modelsOf } from './command.ts'
import { table } from './output.ts'
import { ratios } from './pairs.ts'

const PHASES = ['import', 'runtime', 'model', 'first step'] as const

/** What a user's program does; the data are there before the clock starts. Milliseconds of the clock and of the processor. */
const program = (dist: string, model: string, options: RuntimeOptions): string => `
  const images = Uint8Array.from({ length: 1280 * 784 }, (_, i) => (i * 37) % 256)
  const times = [], cpu = []
  const mark = () => {
    const { user, system } = process.cpuUsage()
    cpu.push((user + system) / 1000)
    times.push(performance.now())
  }
  mark()
  const { createRuntime, imageDataset, Model, ${model} } = await import('${pathToFileURL(`${dist}/index.js`).href}')
  mark()
  const runtime = await createRuntime(${JSON.stringify(options)})
  mark()
  const model = await Model.create(runtime, ${model}(), { seed: 1 })
  mark()
  for await (const { step } of model.train(imageDataset({ images, shape: [28, 28, 1] }), { batchSize: 128 })) {
    mark()
    if (step !== 1) throw new Error('the first chunk is not one step')
    break
  }
  await runtime.close()
  console.log(JSON.stringify({ node: process.versions.node, times, cpu }))
`

interface Said { readonly node: string; readonly times: number[]; readonly cpu: number[] }

/** What is compared: the dist of a commit, or a folder, in a Node. */
interface Case {
  readonly engine: string
  readonly name: string
  readonly dist: string
  readonly said: Said[]
}

const whole = (marks: readonly number[]): number => marks.at(-1)! - marks[0]!
const phases = (marks: readonly number[]): number[] => PHASES.map((_, i) => marks[i + 1]! - marks[i]!)

export const start = command({
  summary: 'from import to the end of the first step, by Node (its file), commit (.: this checkout) or dist (its folder)',
  takes: '[NODE | COMMIT | DIST …]',
  options: { model: 'vae', threads: 1, runs: 20, wide: false },
  async run({ model, runs, ...options }, given) {
    const [kind] = modelsOf([model])
    const isNode = (path: string) => existsSync(path) && statSync(path).isFile()
    const engines = given.filter(isNode)
    const sources = given.filter((path) => !isNode(path))
    const cases: Case[] = []
    for (const name of sources.length ? sources : ['.']) {
      const dist = existsSync(join(name, 'index.js')) ? resolve(name) : await distAt(name)
      for (const engine of engines.length ? engines : [process.execPath]) cases.push({ engine, name, dist, said: [] })
    }
    for (let run = 0; run < runs; run++) {
      for (const { engine, dist, said } of run % 2 ? [...cases].reverse() : cases) {
        const args = ['--input-type=module', '-e', program(dist, kind!, options)]
        said.push(JSON.parse(execFileSync(engine, args, { encoding: 'utf8' })) as Said)
      }
    }
    const results = cases.map(({ name, said }) => {
      const [time, cpu] = (['times', 'cpu'] as const).map((of) => said.map((each) => whole(each[of]))) as [number[], number[]]
      const parts = PHASES.map((_, i) => figure(said.map((each) => phases(each.cpu)[i]!)))
      const first = cases[0]!.said.map((each) => whole(each.cpu))
      return { node: said[0]!.node, name, time: figure(time), cpu: figure(cpu), phases: parts, ratio: ratios(first, cpu) }
    })
    console.log(`${model}, ms: median (quartiles) of ${runs} processes; the ratio is of processor time, to the first row\n`)
    console.log(table(['Node', 'of', 'time', 'processor', 'least', ...PHASES, 'ratio', '95 % sure'],
      results.map(({ node, name, time, cpu, phases: parts, ratio }, i) => [
        node, name, spread(time.windows, 1), spread(cpu.windows, 1), quantile(cpu.windows, 0).toFixed(1),
        ...parts.map((part) => part.median.toFixed(1)),
        ...(i ? [median(ratio).toFixed(3), medianBounds(ratio).map((x) => x.toFixed(3)).join('–')] : ['', '']),
      ])))
    return { model, ...options, results }
  },
})
