// The models' training steps as the benchmarks run them: compiled, and fed the same made-up images.
import { input } from '../src/graph/leaves.ts'
import type { Item } from '../src/graph/schedule.ts'
import { autoencoder } from '../src/models/autoencoder.ts'
import { dcgan } from '../src/models/dcgan.ts'
import { gan } from '../src/models/gan.ts'
import { vae } from '../src/models/vae.ts'
import { Pass } from '../src/nn/layer.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import type { Session } from '../src/runtime/session.ts'

export const MODELS = { autoencoder, vae, gan, dcgan }
export type ModelName = keyof typeof MODELS

/** A model's name from the command line. */
export function modelNamed(name: string | undefined): ModelName {
  if (name !== undefined && Object.hasOwn(MODELS, name)) return name as ModelName
  throw new RangeError(`name a model: ${Object.keys(MODELS).join(', ')}`)
}

export function trainingStep(session: Session, model: ModelName, batch: number): CompiledFunction {
  const definition = MODELS[model]()
  const images = input('images', [batch, ...definition.imageShape])
  const fn = session.compile({ group: 'train', stages: definition.train(images, new Pass(true)) })
  return fn.feed('images', Float32Array.from({ length: images.size }, (_, i) => ((i * 7919) % 255) / 127.5 - 1))
}

/** A scheduled op in a table: its name, shapes and scope. */
export function nameOf(item: Item | null | undefined): string {
  if (!item) return 'bookkeeping'
  const { op, inputs, shape, scope } = item.node
  return `${op.name} ${inputs.map((i) => `[${i.shape}]`).join(' ')} → [${shape}]  ${scope}`
}
