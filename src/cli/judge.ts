// Judging a model on test images without keeping the process from hearing signals: what `model.evaluate` gives, to the bit,
// a few dozen milliseconds of work at a time.
import type { ImageDataset } from '../data/dataset.ts'
import { Pass } from '../nn/layer.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import { images } from '../train/images.ts'
import type { Model } from '../train/model.ts'

/** The batch size that `model.evaluate` takes by default: noise depends on it. */
const BATCH = 128
const GROUP = 'evaluate'
const CHUNK_MS = 50

/** The means of the definition's figures over all samples; `turn` lets the event loop run. */
export async function judge(
  model: Model, data: ImageDataset, turn: () => Promise<unknown> = () => new Promise(setImmediate),
): Promise<Record<string, number>> {
  const { definition, session } = model
  const compile = (size: number): CompiledFunction => model.compiled(`${GROUP} ${size}`, data, () => ({
    group: GROUP,
    stages: [{ metrics: definition.evaluate!({ images: images(data, definition, size, { shuffle: false }) }, new Pass(false)) }],
  }))
  session.restart(GROUP)
  const totals: Record<string, number> = {}
  for (const [size, steps] of [[BATCH, Math.floor(data.count / BATCH)], [data.count % BATCH, 1]] as const) {
    if (size === 0 || steps === 0) continue
    const fn = compile(size)
    fn.clearMetrics()
    let good = 0
    for (let done = 0, chunk = 1; done < steps;) {
      const now = Math.min(chunk, steps - done)
      const began = performance.now()
      good += fn.run(now)
      done += now
      const took = performance.now() - began
      chunk = Math.max(1, Math.min(2 * chunk, Math.round((now * CHUNK_MS) / Math.max(took, 0.01))))
      await turn()
    }
    for (const [name, { sum }] of Object.entries(fn.metrics())) totals[name] = good < steps ? NaN : (totals[name] ?? 0) + sum
  }
  return Object.fromEntries(Object.entries(totals).map(([name, sum]) => [name, sum / data.count]))
}
