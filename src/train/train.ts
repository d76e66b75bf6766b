// The training loop: epochs of steps run inside the core, a chunk at a time; between chunks the caller gets the figures
// and may stop. A step that goes wrong is undone (see fault.ts).
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { tensorsOf, trainingStages } from '../models/stages.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import { checkOptions, count, signal as signalRule } from '../options.ts'
import { checkData } from './arguments.ts'
import { Guard } from './fault.ts'
import { images } from './images.ts'
import type { BoundModel } from './bound.ts'
import { sameData, standingOf } from './standing.ts'
import { beginEpoch, countersOf, TRAIN } from './state.ts'

export interface TrainOptions {
  /**
   * How many times to go through the data, beyond what the model has seen. Default 1. Where an earlier call was left in
   * the middle of an epoch, the rest of that epoch is the first; on other data a new epoch begins.
   */
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
  /** Means over this epoch's samples so far; of an epoch that an earlier call began, over this call's part. */
  readonly metrics: Readonly<Record<string, number>>
  /** Samples seen and seconds spent training in this epoch, by this call. */
  readonly samples: number
  readonly seconds: number
  readonly epochDone: boolean
}

/** What one chunk of steps should take, in milliseconds: short enough to stop soon, long enough to cost nothing. */
const CHUNK_MS = 50

export async function* train(model: BoundModel, data: ImageDataset, options: TrainOptions): AsyncGenerator<Progress, void, void> {
  const settings = checked(data, options)
  const standing = standingOf(model.session)
  if (standing.running) {
    throw new GanglionError('train: another loop is training this model; ' +
      'let it end, leave it, or call return() on what train() gave, and then train again')
  }
  standing.running = true
  try {
    yield* loop(model, data, settings)
  } finally {
    standing.running = false
  }
}

type Settings = ReturnType<typeof checked>

async function* loop(model: BoundModel, data: ImageDataset, settings: Settings): AsyncGenerator<Progress, void, void> {
  const { epochs, batchSize, signal } = settings
  if (signal?.aborted) return
  const { definition, session } = model
  const standing = standingOf(session)
  const { dropRemainder = false, optimizers = [] } = definition
  const compile = (size: number): CompiledFunction => model.compiled(`${TRAIN} ${size}`, data, () => {
    const batch = images(data, definition, size, { dropRemainder })
    const stages = trainingStages(definition, { images: batch })
    if (!tensorsOf(stages).includes(batch)) {
      throw new RangeError(`train: the ${definition.kind}'s training step does not read its images, so an epoch would not end`)
    }
    return { group: TRAIN, stages }
  })
  /** The counters; on to the next epoch where nothing of this one is left. */
  const settled = () => {
    const now = countersOf(session)
    const left = data.count - now.position
    if (left <= 0 || (dropRemainder && left < batchSize)) beginEpoch(session, now.epoch + 1)
    return countersOf(session)
  }
  // Before anything is changed: what is wrong with data, options or memory shows here.
  compile(batchSize)
  const { position, epoch: begun } = countersOf(session)
  if (position > 0 && standing.data && !sameData(standing.data, data)) beginEpoch(session, begun + 1)
  standing.data = data
  const start = settled()
  const lastEpoch = start.epoch + epochs
  const round = dropRemainder ? Math.floor : Math.ceil
  const stepsFrom = (from: number) => round((data.count - from) / batchSize)
  const lastStep = start.step + (epochs - 1) * stepsFrom(0) + stepsFrom(start.position)
  const guard = new Guard(session, optimizers)

  let chunk = 1
  try {
    while (settled().epoch < lastEpoch) {
      const { epoch } = countersOf(session)
      const used = new Map<CompiledFunction, number>()
      let samples = 0
      let seconds = 0
      while (settled().epoch === epoch) {
        if (signal?.aborted) return
        const left = data.count - countersOf(session).position
        // The samples that are left at the end of an epoch are a smaller batch: a function of its own.
        const size = Math.min(left, batchSize)
        const fn = compile(size)
        if (!used.has(fn)) fn.clearMetrics()
        used.set(fn, size / batchSize)
        const steps = Math.min(chunk, Math.floor(left / size))
        const began = performance.now()
        await guard.run(fn, steps)
        const took = performance.now() - began
        if (size === batchSize) chunk = Math.max(1, Math.min(chunk * 2, Math.round((steps * CHUNK_MS) / Math.max(took, 0.01))))
        seconds += took / 1000
        samples += steps * size
        const now = settled()
        const epochDone = now.epoch > epoch
        if (epochDone) await guard.check()
        yield { epoch: epoch + 1, step: now.step, lastStep, metrics: means(used), samples, seconds, epochDone }
        await pause()
      }
    }
  } finally {
    // Who leaves in the middle of an epoch must not keep weights that the next loss would have shown to be NaN.
    await guard.check()
  }
}

const OPTIONS = { epochs: count, batchSize: count, signal: signalRule }

/** The options with their defaults. */
function checked(data: ImageDataset, options: TrainOptions): { epochs: number; batchSize: number; signal?: AbortSignal } {
  checkData('train', data)
  checkOptions('train', options, OPTIONS)
  const { epochs = 1, batchSize = 128, signal } = options
  if (batchSize > data.count) {
    throw new RangeError(`train: a batch of ${batchSize} is larger than the data (${data.count} images); ` +
      'use a smaller batch size')
  }
  return { epochs, batchSize, signal }
}

/** The mean of each metric over all samples of the epoch; `parts`: how much of a batch a step of each function takes. */
function means(parts: ReadonlyMap<CompiledFunction, number>): Record<string, number> {
  const totals: Record<string, [sum: number, count: number]> = {}
  for (const [part, share] of parts) {
    for (const [name, { sum, count }] of Object.entries(part.metrics())) {
      const total = (totals[name] ??= [0, 0])
      total[0] += sum * share
      total[1] += count * share
    }
  }
  return Object.fromEntries(Object.entries(totals).map(([name, [sum, count]]) => [name, sum / count]))
}

/** Lets the event loop run: signals, input, rendering. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
