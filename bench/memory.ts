// How near each plan is to the least that its schedule can need: the largest sum of buffers alive at once. No core
// takes part. What a process takes that trains, beside others, is in the table of `peers`.
import { trainingSpec } from '../src/bench/step.ts'
import { compile } from '../src/compiler/program.ts'
import { models } from '../src/models/kinds.ts'
import { checkout } from './about.ts'
import { command, modelsOf } from './command.ts'
import { megabytes, table } from './output.ts'

const TARGET = 1.1

export const memory = command({
  summary: `each model's plan over its lower bound, by batch and threads; at most ${TARGET} is the target`,
  takes: '[MODEL …]',
  options: { 'batch-size': [16, 128, 512], threads: [1, 2, 4] },
  async run({ 'batch-size': batches, threads: counts }, names) {
    const results = []
    for (const threads of counts) {
      for (const model of modelsOf(names)) {
        for (const batch of batches) {
          const { peakBytes, lowerBound } = compile(trainingSpec(models[model](), batch), { threads }).plan
          results.push({ model, batch, threads, peakBytes, lowerBound, ratio: peakBytes / lowerBound })
        }
      }
    }
    console.log(table(['model', 'batch', 'threads', 'plan, MB', 'lower bound, MB', 'plan over bound'], results.map((r) => [
      r.model, r.batch, r.threads, megabytes(r.peakBytes, 2), megabytes(r.lowerBound, 2),
      r.ratio.toFixed(2) + (r.ratio > TARGET ? ` (over ${TARGET})` : ''),
    ])))
    return { ...checkout(), results }
  },
})
