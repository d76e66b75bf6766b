// The models: many training steps as one tape, and a small one's whole life in the training loop, sampled afterwards.
import { type ImageDataset, imageDataset } from '../../data/dataset.ts'
import type { ModelDefinition } from '../../models/definition.ts'
import { models } from '../../models/kinds.ts'
import { trainingStages } from '../../models/stages.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { batchesOf, scaledImages } from '../../train/batches.ts'
import { Pass } from '../../nn/layer.ts'
import { Model } from '../../train/model.ts'
import { TRAIN } from '../../train/state.ts'
import type { Numbers } from '../digest.ts'
import { generator } from '../draw.ts'
import { type HostRecipe, readRange, type Run, runOf, stateRanges, type TapeRecipe } from '../recipe.ts'

interface Plan {
  readonly define: () => ModelDefinition
  readonly batchSize: number
  readonly steps: number
  readonly seeds: readonly number[]
}
const STEPS = 200
const SEEDS = [1, 2, 3]
const PLANS = Object.entries(models).map(([name, kind]): [name: string, Plan] => {
  const { options, batchSize, steps } = kind.verify
  return [name, { define: () => kind(options), batchSize, steps: steps ?? STEPS, seeds: steps ? [1] : SEEDS }]
})

/** `count` images of digits' size: bright bars of random places and widths, their labels, and noise. */
export function barImages(count: number): ImageDataset {
  const uniform = generator(28)
  const pixels = new Uint8Array(count * 784)
  const labels = new Uint8Array(count)
  for (let first = 0; first < pixels.length; first += 784) {
    const [from, width, slope] = [Math.floor(uniform() * 20), 2 + Math.floor(uniform() * 6), Math.floor(uniform() * 3) - 1]
    labels[first / 784] = width - 2
    for (let i = 0; i < 784; i++) {
      const x = (i % 28) - from - slope * Math.floor(i / 28 / 3)
      pixels[first + i] = (x >= 0 && x < width ? 200 : 0) + Math.floor(uniform() * 56)
    }
  }
  return imageDataset({ images: pixels, shape: [28, 28, 1], labels })
}

/** A few steps each, for hosts that interpret. */
export const beginnings: readonly TapeRecipe[] = PLANS.map(([name, plan]) => (
  { name: `begin/${name}`, prepare: (runtime) => prepare(runtime, { ...plan, steps: 3 }, 4) }
))
export const trainings: readonly TapeRecipe[] = PLANS.flatMap(([name, plan]) => plan.seeds.map((seed) => (
  { name: `train/${name}/${seed}`, prepare: (runtime) => prepare(runtime, plan, seed) }
)))

async function prepare(runtime: Runtime, { define, batchSize, steps }: Omit<Plan, 'seeds'>, seed: number): Promise<Run> {
  const definition = define()
  const { session } = await Model.create(runtime, definition, { seed })
  const data = barImages(batchSize * Math.max(4, definition.batchesPerStep ?? 1))
  const batches = batchesOf(data, definition, batchSize, {}, { first: 0, rows: batchSize })
  const stages = trainingStages(definition, batches[0]!, new Pass(true, undefined, batches))
  const fn = session.compile({ group: TRAIN, stages })
  return runOf(session, fn, steps, stateRanges(session, TRAIN))
}

export const lives: readonly HostRecipe[] = PLANS.map(([name, plan]) => (
  { name: `model/${name}`, numbers: (runtime) => live(runtime, plan) }
))

/** Epochs whose last batch is smaller or left out, then evaluation, reconstruction and samples. */
async function live(runtime: Runtime, { define, batchSize }: Plan): Promise<Numbers[]> {
  const definition = define()
  const model = await Model.create(runtime, definition, { seed: 7 })
  const data = barImages(3 * batchSize + 5)
  const losses: number[] = []
  for await (const { metrics, epochDone } of model.train(data, { epochs: 3, batchSize })) {
    if (epochDone) losses.push(...Object.values(metrics))
  }
  if (definition.evaluate) losses.push(...Object.values(model.evaluate(data)))
  const { session } = model
  const labels = definition.classes ? { labels: [0, 1, 2] } : {}
  return [
    Float64Array.from(losses),
    ...stateRanges(session, TRAIN).map((range) => readRange(session.core.memory.buffer, range)),
    ...(definition.encode ? [model.reconstruct(scaledImages(data, [0, 1, 2]), labels)] : []),
    model.sample(5, { seed: 9 }),
  ]
}
