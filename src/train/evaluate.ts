// Judging a model on a dataset: the definition's figures, summed in the core, as means over the samples.
// Invariant: the figures do not depend on how the steps are cut into chunks.
import { checkData, type ImageDataset } from '../data/dataset.ts'
import { Pass } from '../nn/layer.ts'
import { complete, count, type Given, option } from '../options.ts'
import { turn } from '../runtime/turn.ts'
import { batchOf } from './batches.ts'
import type { BoundModel } from './bound.ts'
import { Pace } from './pace.ts'

const OPTIONS = {
  /** Samples a step; it changes no figure but where noise is drawn. Default 128. */
  batchSize: option(count, 128),
}
export type EvaluateOptions = Given<typeof OPTIONS>

const GROUP = 'evaluate'

/** All at once. */
export function evaluate(model: BoundModel, data: ImageDataset, options: EvaluateOptions = {}): Record<string, number> {
  const chunks = evaluation(model, data, options)
  for (;;) {
    const { done, value } = chunks.next()
    if (done) return value
  }
}

/** The same figures, with turns of the event loop in between: signals are heard, a page stays alive. */
export async function evaluateInTurns(
  model: BoundModel, data: ImageDataset, options: EvaluateOptions = {}, between: () => Promise<unknown> = turn,
): Promise<Record<string, number>> {
  const chunks = evaluation(model, data, options)
  for (;;) {
    const { done, value } = chunks.next()
    if (done) return value
    await between()
  }
}

/** Yields after every few dozen milliseconds of work. What the model does in between must not be judging. */
function* evaluation(
  model: BoundModel, data: ImageDataset, options: EvaluateOptions,
): Generator<void, Record<string, number>, void> {
  checkData('evaluate', data)
  const { batchSize } = complete('evaluate', options, OPTIONS)
  const { definition, session } = model
  const figures = definition.evaluate
  if (!figures) throw new TypeError(`evaluate: a ${definition.kind} has no figure of its own on a dataset`)
  session.restart(GROUP)
  const totals: Record<string, number> = {}
  for (const [size, steps] of [[batchSize, Math.floor(data.count / batchSize)], [data.count % batchSize, 1]] as const) {
    if (!size || !steps) continue
    const fn = model.compiled(`${GROUP} ${size}`, data, () => {
      const metrics = figures(batchOf(data, definition, size, { shuffle: false }), new Pass(false))
      return { group: GROUP, stages: [{ metrics }] }
    })
    fn.clearMetrics()
    const pace = new Pace()
    let done = 0
    let good = true
    while (good && done < steps) {
      const chunk = pace.steps(steps - done)
      const began = performance.now()
      good = fn.run(chunk) === chunk
      pace.took(chunk, performance.now() - began)
      done += chunk
      yield
    }
    for (const [name, { sum }] of Object.entries(fn.metrics())) totals[name] = good ? (totals[name] ?? 0) + sum : NaN
  }
  return Object.fromEntries(Object.entries(totals).map(([name, sum]) => [name, sum / data.count]))
}
