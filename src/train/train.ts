// The training loop: epochs of steps run inside the core, a chunk at a time; between chunks the caller gets the figures
// and may stop. A step that goes wrong is undone (see fault.ts).
import type { ImageDataset } from '../data/dataset.ts'
import { topological } from '../graph/gradients.ts'
import { Pass } from '../nn/layer.ts'
import type { CompiledFunction, Mean } from '../runtime/function.ts'
import { Guard } from './fault.ts'
import { images } from './images.ts'
import type { Model } from './model.ts'
import { TRAIN } from './state.ts'

export interface TrainOptions {
  /** How many times to go through the data, beyond what the model has seen. Default 1. */
  epochs?: number
  /** Samples a step. Default 128. */
  batchSize?: number
  /** Ends training after the chunk that is running; no error is thrown. */
  signal?: AbortSignal
}

/** How training stands. Yielded after every chunk, and once with `epochDone` at the end of each epoch. */
export interface Progress {
  /** The epoch being trained, from 1. */
  readonly epoch: number
  /** Steps done since the model was made, and those that this call will have done at its end. */
  readonly step: number
  readonly lastStep: number
  /** Means over this epoch so far. */
  readonly metrics: Readonly<Record<string, number>>
  /** Samples seen and seconds spent training in this epoch. */
  readonly samples: number
  readonly seconds: number
  readonly epochDone: boolean
}

/** What one chunk of steps should take, in milliseconds: short enough to stop soon, long enough to cost nothing. */
const CHUNK_MS = 50

export async function* train(model: Model, data: ImageDataset, { epochs = 1, batchSize = 128, signal }: TrainOptions): AsyncGenerator<Progress, void, void> {
  for (const [name, value] of Object.entries({ epochs, batchSize })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`train: ${name} is ${value}, expected a positive integer`)
  }
  if (batchSize > data.count) throw new RangeError(`train: a batch of ${batchSize} is larger than the data (${data.count} images); use a smaller batch size`)
  const { definition, session } = model
  const { dropRemainder } = definition
  const compile = (size: number): CompiledFunction =>
    model.compiled(`${TRAIN} ${size}`, data, () => {
      const batch = images(data, definition, size, { dropRemainder })
      const stages = definition.train(batch, new Pass(true))
      const roots = stages.flatMap(({ metrics = {}, updates = [] }) => [...Object.values(metrics), ...updates])
      if (!topological(roots).includes(batch)) {
        throw new RangeError(`train: the ${definition.kind}'s training step does not read its images, so an epoch would not end`)
      }
      return { group: TRAIN, stages }
    })
  const counters = () => {
    const [low, high, position, epoch] = session.counters(TRAIN) as unknown as [number, number, number, number]
    return { step: low + high * 4294967296, position, epoch }
  }
  /** The counters; on to the next epoch where the rest of this one is dropped. */
  const settled = () => {
    const now = counters()
    if (!dropRemainder || data.count - now.position >= batchSize) return now
    session.counters(TRAIN).set([0, now.epoch + 1], 2)
    return counters()
  }
  const start = settled()
  const lastEpoch = start.epoch + epochs
  const round = dropRemainder ? Math.floor : Math.ceil
  const stepsFrom = (position: number) => round((data.count - position) / batchSize)
  const lastStep = start.step + (epochs - 1) * stepsFrom(0) + stepsFrom(start.position)
  const guard = new Guard(session, definition.optimizers)

  let chunk = 1
  try {
    while (counters().epoch < lastEpoch) {
      const { epoch } = counters()
      const used = new Set<CompiledFunction>()
      let samples = 0
      let seconds = 0
      while (counters().epoch === epoch) {
        if (signal?.aborted) return
        const left = data.count - counters().position
        // The samples that are left at the end of an epoch are a smaller batch: a function of its own.
        const size = Math.min(left, batchSize)
        const fn = compile(size)
        if (!used.has(fn)) fn.clearMetrics()
        used.add(fn)
        const steps = Math.min(chunk, Math.floor(left / size))
        const began = performance.now()
        guard.run(fn, steps)
        const took = performance.now() - began
        if (size === batchSize) chunk = Math.max(1, Math.min(chunk * 2, Math.round((steps * CHUNK_MS) / Math.max(took, 0.01))))
        seconds += took / 1000
        samples += steps * size
        const now = settled()
        const epochDone = now.epoch > epoch
        if (epochDone) guard.check()
        yield { epoch: epoch + 1, step: now.step, lastStep, metrics: means(used), samples, seconds, epochDone }
        await pause()
      }
    }
  } finally {
    // Who leaves in the middle of an epoch must not keep weights that the next loss would have shown to be NaN.
    guard.check()
  }
}

/** The mean of each metric over all steps of the epoch. */
function means(parts: ReadonlySet<CompiledFunction>): Record<string, number> {
  const totals = new Map<string, Mean>()
  for (const part of parts) {
    for (const [name, { sum, count }] of Object.entries(part.metrics())) {
      const before = totals.get(name) ?? { sum: 0, count: 0 }
      totals.set(name, { sum: before.sum + sum, count: before.count + count })
    }
  }
  return Object.fromEntries([...totals].map(([name, { sum, count }]) => [name, sum / count]))
}

/** Lets the event loop run: signals, input, rendering. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
