// What checkpointing saves and costs: both steps take turns in one process, by processor time; their weights are compared.
import { figure, median, medianBounds, spread } from '../src/bench/statistics.ts'
import { runSteps, trainingSpec } from '../src/bench/step.ts'
import { checkpointing } from '../src/compiler/checkpointing.ts'
import * as host from '../src/entries/index.ts'
import { sha256 } from '../src/formats/sha256.ts'
import { sizeOf } from '../src/graph/tensor.ts'
import { modelNames, type ModelName, models } from '../src/models/kinds.ts'
import { madeUp } from '../src/verify/draw.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, command, namedOf } from './command.ts'
import { heading, megabytes, percent, row } from './output.ts'
import { inTurns, processorTime, ratios } from './pairs.ts'
import { REAL_BATCHES, realModels } from './real_models.ts'
import { runtimeWith } from './runtimes.ts'

const BATCH = 128
const WARM_STEPS = 2

export const checkpoints = command({
  summary: 'a step with checkpointing over one without: memory, processor time, and whether the bits are the same',
  takes: '[MODEL …]',
  options: { threads: 1, windows: 12, ...BUILD },
  async run({ threads, windows, ...which }, names) {
    const known = [...modelNames, ...Object.keys(realModels)]
    const facts = await about(buildOf(which))
    console.log(`${aboutLine(facts)}; threads: ${threads}, ${windows} windows of processor time, in turns\n`)
    console.log(heading(
      ['model', 'batch', 'plan, MB', 'with checkpointing', 'ratio', 'bound', 'time, ratio', '95 % sure', 'bits']))
    const results = []
    for (const model of names.length ? namedOf(names, known) : Object.keys(realModels)) {
      const batch = REAL_BATCHES[model] ?? BATCH
      const definition = realModels[model]?.(host) ?? models[model as ModelName]()
      const runtime = await runtimeWith(threads, buildOf(which))
      const steps = []
      for (const schedule of [undefined, checkpointing]) {
        const session = await runtime.session(1)
        const fn = session.compile(trainingSpec(definition, batch), { schedule })
        const { classes } = definition
        if (classes) fn.feed('labels', Float32Array.from({ length: batch }, (_, i) => i % classes))
        fn.feed('images', madeUp(sizeOf([batch, ...definition.imageShape]), 1))
        runSteps(fn, WARM_STEPS)
        const weights = session.variables.map((v) => new Uint8Array(session.values(v).slice().buffer))
        steps.push({ fn, plan: fn.plan, digest: await sha256(weights) })
      }
      const [kept, again] = steps as [(typeof steps)[0], (typeof steps)[0]]
      const same = kept.digest === again.digest
      const turns = steps.map(({ fn }) => () => runSteps(fn, 1))
      const [before, after] = inTurns(turns, windows, processorTime) as [number[], number[]]
      const ratio = ratios(before, after)
      const saved = again.plan.peakBytes / kept.plan.peakBytes
      console.log(row([
        model, batch, megabytes(kept.plan.peakBytes), megabytes(again.plan.peakBytes), saved.toFixed(2),
        percent(again.plan.lowerBound / kept.plan.peakBytes), spread(ratio, 3),
        medianBounds(ratio).map((x) => x.toFixed(3)).join('–'), same ? 'same' : 'different',
      ]))
      results.push({
        model, batch, same, bytes: [kept.plan.peakBytes, again.plan.peakBytes], saved, time: median(ratio), ratio: figure(ratio),
      })
      await runtime.close()
    }
    return { ...facts, threads, results }
  },
})
