// Training steps in micro-batches, the last of them smaller: sums over micro-batches, draws and batches with offsets.
import { accumulate } from '../../models/accumulate.ts'
import { dcgan } from '../../models/dcgan.ts'
import type { ModelDefinition } from '../../models/definition.ts'
import { gan } from '../../models/gan.ts'
import { trainingStages } from '../../models/stages.ts'
import { vae } from '../../models/vae.ts'
import { Pass } from '../../nn/layer.ts'
import { batch, dataset } from '../../ops/batch.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { Model } from '../../train/model.ts'
import { TRAIN } from '../../train/state.ts'
import { madeUp } from '../draw.ts'
import { type Run, runOf, stateRanges, type TapeRecipe } from '../recipe.ts'

const KINDS: Readonly<Record<string, () => ModelDefinition>> = {
  vae: () => vae({ hidden: 30, latent: 5, clipNorm: 2 }),
  gan: () => gan({ hidden: 30, discriminatorHidden: 20, latent: 7 }),
  dcgan: () => dcgan({ filters: [6, 4], latent: 7 }),
}
const ROWS = [5, 5, 3]
const [COUNT, STEPS] = [47, 20]

export const accumulations: readonly TapeRecipe[] = Object.entries(KINDS).map(([name, define]) => (
  { name: `train/accumulate/${name}`, prepare: (runtime) => prepare(runtime, define()) }
))

async function prepare(runtime: Runtime, definition: ModelDefinition): Promise<Run> {
  const { session } = await Model.create(runtime, definition, { seed: 5 })
  const data = dataset(madeUp(COUNT * 784, 6), [COUNT, 28, 28, 1])
  const parts = ROWS.map((rows, k) => {
    const first = ROWS.slice(0, k).reduce((a, b) => a + b, 0)
    return trainingStages(definition, { images: batch(data, rows, { first }) }, new Pass(true, { first, rows }))
  })
  const fn = session.compile({ group: TRAIN, stages: accumulate(parts, ROWS, definition.reduction) })
  return runOf(session, fn, STEPS, stateRanges(session, TRAIN))
}
