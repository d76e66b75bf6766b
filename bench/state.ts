// What the state of a VAE and its optimizer takes beside training: a copy of it, giving it back, its digest. One process holds a
// model of each build; they take turns.
import { pathToFileURL } from 'node:url'
import { figure, median, spread } from '../src/bench/statistics.ts'
import type * as host from '../src/entries/index.ts'
import { distAt } from './builds.ts'
import { command } from './command.ts'
import { megabytes, table } from './output.ts'
import { ratios } from './pairs.ts'

type Model = Pick<host.Model, 'state' | 'loadState' | 'digest'>

const TASKS: Readonly<Record<string, (model: Model) => unknown>> = {
  'state()': (model) => model.state(),
  'loadState(state())': (model) => model.loadState(model.state()),
  'digest()': (model) => model.digest(),
}

async function modelOf(dist: string, hidden: number): Promise<Model> {
  const { createRuntime, Model, vae } = await import(pathToFileURL(`${dist}/index.js`).href) as typeof host
  return Model.create(await createRuntime(), vae({ hidden }), { seed: 1 })
}

const bytesOf = (model: Model): number =>
  [...model.state().variables.values()].reduce((sum, values) => sum + values.byteLength, 0)

async function timeOf(task: (model: Model) => unknown, model: Model): Promise<number> {
  const began = performance.now()
  await task(model)
  return performance.now() - began
}

export const state = command({
  summary: 'state(), loadState() and digest() of a VAE with its optimizer, by commit (.: this checkout), in turns',
  takes: '[COMMIT …]',
  options: { hidden: 3900, runs: 15 },
  async run({ hidden, runs }, given) {
    const names = given.length ? given : ['.']
    const models: Model[] = []
    for (const name of names) models.push(await modelOf(await distAt(name), hidden))
    const results = []
    for (const [task, run] of Object.entries(TASKS)) {
      const ms = models.map((): number[] => [])
      for (let turn = 0; turn <= runs; turn++) {
        for (const [i, model] of models.entries()) {
          const took = await timeOf(run, model)
          // The first makes the pages of memory that it writes.
          if (turn) ms[i]!.push(took)
        }
      }
      results.push(...names.map((name, i) => ({ task, name, time: figure(ms[i]!), ratio: median(ratios(ms[0]!, ms[i]!)) })))
    }
    const bytes = bytesOf(models[0]!)
    console.log(`vae, ${megabytes(bytes)} MB of state, Node ${process.versions.node}, median (quartiles) of ${runs}\n`)
    console.log(table(['', 'of', 'ms', 'ratio'], results.map(({ task, name, time, ratio }) =>
      [task, name, spread(time.windows, 1), ratio.toFixed(2)])))
    return { hidden, bytes, results }
  },
})
