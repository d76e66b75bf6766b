// What compiling a step takes, by processor time, and what it makes. No core takes part.
import { figure, spread } from '../src/bench/statistics.ts'
import { trainingSpec } from '../src/bench/step.ts'
import { compile, type Program } from '../src/compiler/program.ts'
import * as host from '../src/entries/index.ts'
import { modelNames, type ModelName, models } from '../src/models/kinds.ts'
import { about, aboutLine } from './about.ts'
import { command, namedOf } from './command.ts'
import { megabytes, table } from './output.ts'
import { processorTime } from './pairs.ts'
import { REAL_BATCHES, realModels } from './real_models.ts'

const BATCH = 128

export const compiling = command({
  summary: "what compiling a step takes, models of real size too, and what it makes: calls, words of the tape, the plan",
  takes: '[MODEL …]',
  options: { threads: [1, 2], times: 5 },
  async run({ threads: counts, times }, names) {
    const facts = await about()
    console.log(`${aboutLine(facts)}; ms of the processor: first time, then median (quartiles) of ${times}\n`)
    const results = []
    for (const model of namedOf(names, [...modelNames, ...Object.keys(realModels)])) {
      const batch = REAL_BATCHES[model] ?? BATCH
      const definition = realModels[model]?.(host) ?? models[model as ModelName]()
      for (const threads of counts) {
        let program: Program | undefined
        const ms = Array.from({ length: times + 1 }, () => {
          const spec = trainingSpec(definition, batch)
          const began = processorTime()
          program = compile(spec, { threads })
          return processorTime() - began
        })
        const { tape: { calls, words }, plan: { peakBytes } } = program!
        const [first, ...rest] = ms as [number, ...number[]]
        results.push({ model, batch, threads, first, ms: figure(rest), calls: calls.length, words: words.length, peakBytes })
      }
    }
    console.log(table(['model', 'batch', 'threads', 'first, ms', 'then, ms', 'calls', 'words of the tape', 'plan, MB'],
      results.map(({ model, batch, threads, first, ms, calls, words, peakBytes }) =>
        [model, batch, threads, first.toFixed(0), spread(ms.windows, 0), calls, words, megabytes(peakBytes)])))
    return { ...facts, results }
  },
})
