// Judging a model on a dataset: the definition's figures, summed in the core, as means over the samples.
import type { ImageDataset } from '../data/dataset.ts'
import { Pass } from '../nn/layer.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import { checkOptions, count } from '../options.ts'
import { checkData } from './arguments.ts'
import { images } from './images.ts'
import type { BoundModel } from './bound.ts'

export interface EvaluateOptions {
  /** Samples a step; it changes no figure but where noise is drawn. Default 128. */
  batchSize?: number
}

const GROUP = 'evaluate'

export function evaluate(model: BoundModel, data: ImageDataset, options: EvaluateOptions = {}): Record<string, number> {
  checkData('evaluate', data)
  checkOptions('evaluate', options, { batchSize: count })
  const { batchSize = 128 } = options
  const { definition, session } = model
  const figures = definition.evaluate
  if (!figures) throw new TypeError(`evaluate: a ${definition.kind} has no figure of its own on a dataset`)
  const compile = (size: number): CompiledFunction => model.compiled(`${GROUP} ${size}`, data, () => {
    const metrics = figures({ images: images(data, definition, size, { shuffle: false }) }, new Pass(false))
    return { group: GROUP, stages: [{ metrics }] }
  })
  session.restart(GROUP)
  const full = Math.floor(data.count / batchSize)
  const rest = data.count % batchSize
  const totals: Record<string, number> = {}
  const run = (fn: CompiledFunction, steps: number) => {
    fn.clearMetrics()
    const good = fn.run(steps)
    for (const [name, { sum }] of Object.entries(fn.metrics())) totals[name] = good < steps ? NaN : (totals[name] ?? 0) + sum
  }
  if (full) run(compile(batchSize), full)
  if (rest) run(compile(rest), 1)
  return Object.fromEntries(Object.entries(totals).map(([name, sum]) => [name, sum / data.count]))
}
