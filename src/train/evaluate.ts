// Judging a model on a dataset: the definition's figures, summed in the core, as means over the samples.
// Invariant: the figures do not depend on how the steps are cut into chunks.
import { checkData, type ImageDataset } from '../data/dataset.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { Pass } from '../nn/layer.ts'
import { complete, count, type Given, option } from '../options.ts'
import { turn } from '../runtime/turn.ts'
import { batchOf, checkSame } from './batches.ts'
import type { BoundModel } from './bound.ts'
import { Pace } from './pace.ts'

const OPTIONS = {
  /** Samples a step; it changes no figure but where noise is drawn. Default 128. */
  batchSize: option(count, 128),
}
export type EvaluateOptions = Given<typeof OPTIONS>

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
  return inTurns(evaluation(model, data, options), between)
}

/** What `chunks` come to, with turns in between. */
export async function inTurns<T>(chunks: Generator<void, T, void>, between: () => Promise<unknown> = turn): Promise<T> {
  for (;;) {
    const { done, value } = chunks.next()
    if (done) return value
    await between()
  }
}

function evaluation(model: BoundModel, data: ImageDataset, options: EvaluateOptions): Chunks {
  checkData('evaluate', data)
  const { batchSize } = complete('evaluate', options, OPTIONS)
  const { kind, evaluate: figures } = model.definition
  if (!figures) throw new TypeError(`evaluate: a ${kind} has no figure of its own on a dataset`)
  return means(model, data, 'evaluate', batchSize, figures)
}

type Chunks = Generator<void, Record<string, number>, void>

/**
 * The means over all samples of `figures`, which are sums over a batch. Yields after every few dozen milliseconds of work; what
 * the model does in between must not be judging.
 */
export function* means(
  model: BoundModel, data: ImageDataset, group: string, batchSize: number, figures: NonNullable<ModelDefinition['evaluate']>,
): Chunks {
  const { definition, session } = model
  checkSame(group, data)
  session.restart(group)
  const totals: Record<string, number> = {}
  for (const [size, steps] of [[batchSize, Math.floor(data.count / batchSize)], [data.count % batchSize, 1]] as const) {
    if (!size || !steps) continue
    const fn = model.compiled(`${group} ${size}`, data, () => {
      const metrics = figures(batchOf(data, definition, size, { shuffle: false }), new Pass(false))
      return { group, stages: [{ metrics }] }
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
