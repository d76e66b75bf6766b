// From `import` to the end of a model's first training step (batch 128 of 1280 made-up images, the package's dist), wasm
// compile included: a fresh process each, taking turns, so that a drift of the machine hits all alike.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { figure, quantile, spread } from '../src/bench/statistics.ts'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { command, modelsOf } from './command.ts'
import { table } from './output.ts'

const PHASES = ['import', 'runtime', 'model', 'first step'] as const

/** What a user's program does; the data are there before the clock starts. */
const program = (dist: string, model: string, options: RuntimeOptions): string => `
  const images = Uint8Array.from({ length: 1280 * 784 }, (_, i) => (i * 37) % 256)
  const times = [performance.now()]
  const { createRuntime, imageDataset, Model, ${model} } = await import('${pathToFileURL(`${dist}/index.js`).href}')
  times.push(performance.now())
  const runtime = await createRuntime(${JSON.stringify(options)})
  times.push(performance.now())
  const model = await Model.create(runtime, ${model}(), { seed: 1 })
  times.push(performance.now())
  for await (const { step } of model.train(imageDataset({ images, shape: [28, 28, 1] }), { batchSize: 128 })) {
    times.push(performance.now())
    if (step !== 1) throw new Error('the first chunk is not one step')
    break
  }
  await runtime.close()
  console.log(JSON.stringify({ node: process.versions.node, times }))
`

export const start = command({
  summary: 'from import to the end of the first step, by Node (NODE: its file) and by dist (DIST: its folder)',
  takes: '[NODE | DIST …]',
  options: { model: 'vae', threads: 1, runs: 20, wide: false },
  async run({ model, runs, ...options }, paths) {
    const [kind] = modelsOf([model])
    const isDist = (path: string) => existsSync(join(path, 'index.js'))
    const missing = paths.find((path) => !existsSync(path))
    if (missing !== undefined) throw new RangeError(`start: there is no "${missing}"; give files of Node, or folders of dist`)
    const given = (dist: boolean, initial: string) => {
      const some = paths.filter((path) => isDist(path) === dist)
      return (some.length ? some : [initial]).map((path) => resolve(path))
    }
    const [engines, dists] = [given(false, process.execPath), given(true, 'dist')]
    if (!paths.some(isDist)) execFileSync(process.execPath, ['tools/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] })
    const cases = engines.flatMap((engine) => dists.map((dist) => ({ engine, dist, node: '', samples: [] as number[][] })))
    for (let run = 0; run < runs; run++) {
      for (const each of run % 2 ? [...cases].reverse() : cases) {
        const args = ['--input-type=module', '-e', program(each.dist, kind!, options)]
        const said = execFileSync(each.engine, args, { encoding: 'utf8' })
        const { node, times } = JSON.parse(said) as { node: string, times: number[] }
        each.node = node
        each.samples.push([times.at(-1)! - times[0]!, ...PHASES.map((_, i) => times[i + 1]! - times[i]!)])
      }
    }
    const results = cases.map(({ node, dist, samples }) => {
      const [whole, ...phases] = ['whole', ...PHASES].map((_, i) => figure(samples.map((sample) => sample[i]!)))
      return { node, dist, whole: whole!, phases }
    })
    console.log(`${model}, ms: median (quartiles) of ${runs} processes\n`)
    console.log(table(['Node', ...(dists.length > 1 ? ['dist'] : []), 'import to first step', 'least', ...PHASES],
      results.map(({ node, dist, whole, phases }) => [
        node, ...(dists.length > 1 ? [dist] : []), spread(whole.windows, 1), quantile(whole.windows, 0).toFixed(1),
        ...phases.map(({ median }) => median.toFixed(1)),
      ])))
    return { model, ...options, results }
  },
})
