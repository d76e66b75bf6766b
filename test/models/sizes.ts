// Built-in models at their defaults on pictures of many sizes: what they are trained on, and what a good run looks like.
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import { defineFor, type ImageShape, type ModelName, modelNames } from '../../src/models/kinds.ts'
import { createRuntime, type RuntimeOptions } from '../../src/runtime/create_runtime.ts'
import { Model } from '../../src/train/model.ts'
import { generator } from '../../src/verify/draw.ts'

export type Pictures = 'smooth' | 'random'

const CLASSES = 2

/** A model, trained for `steps` steps. */
export interface Trial {
  readonly model: ModelName
  readonly shape: ImageShape
  readonly pictures: Pictures
  readonly batchSize: number
  readonly steps: number
}

export const title = ({ model, shape, pictures, batchSize, steps }: Trial): string =>
  `${model} on ${pictures} pictures of ${shape.join('x')}, batch ${batchSize}, ${steps} steps`

/** Whether a model takes pictures of a shape. */
function takes(model: ModelName, shape: ImageShape): boolean {
  try {
    return Boolean(defineFor(shape, model, {}, CLASSES))
  } catch {
    return false
  }
}

const KINDS = ['smooth', 'random'] as const

/** The VAE's rates depend on the number of pixels: its smallest and largest pictures, and some between. */
const vaeSizes = (steps: number): Trial[] => ([[8, 8, 1], [8, 8, 3], [48, 48, 3], [256, 256, 1], [256, 256, 3]] as const)
  .flatMap((shape) => KINDS.map((pictures): Trial => ({ model: 'vae', shape, pictures, batchSize: 16, steps })))

/** All that is to be tried of every model. */
export const matrix = (steps: number): Trial[] => [...vaeSizes(steps), ...modelNames.flatMap((model) => (
  [16, 28, 64, 128].flatMap((side) => [1, 3].flatMap((channels) => {
    const shape: ImageShape = [side, side, channels]
    if (!takes(model, shape)) return []
    return KINDS.flatMap((pictures) => [16, 128].map((batchSize): Trial => ({ model, shape, pictures, batchSize, steps })))
  }))))]

/** What tells cheap trials from dear ones, which batches of 128 are all. */
export const costOf = ({ batchSize, shape: [height, width, channels] }: Trial): number =>
  batchSize * 1e6 + height * width * channels

/** `random`: every byte by itself. `smooth`: soft discs of any colour on grounds of any colour, as photographs have surfaces. */
export function picturesOf(kind: Pictures, count: number, shape: ImageShape, seed = 1): ImageDataset {
  const [height, width, channels] = shape
  const uniform = generator(seed)
  const images = new Uint8Array(count * height * width * channels)
  let at = 0
  for (let n = 0; n < count; n++) {
    const [y0, x0, radius] = [uniform(), uniform(), 0.15 + 0.3 * uniform()]
    const [ground, disc] = [0, 1].map(() => Array.from({ length: channels }, () => 255 * uniform())) as [number[], number[]]
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const d = Math.hypot((y + 0.5) / height - y0, (x + 0.5) / width - x0) / radius
        const weight = 1 / (1 + d * d * d * d)
        for (let c = 0; c < channels; c++) {
          images[at++] = kind === 'random' ? 256 * uniform() : ground[c]! + weight * (disc[c]! - ground[c]!)
        }
      }
    }
  }
  return imageDataset({ images, shape, labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES) })
}

/** A run's figures, each a list of means over two steps. */
export type Curves = Readonly<Record<string, readonly number[]>>

/** Nats: 50 for each of the VAE's 20 codes. */
const ABSURD_KL = 1000
/** A GAN's loss of this size has saturated for good. */
const ABSURD_LOSS = 100

/** What is wrong with a run, by the names of its figures; nothing of a good one. */
export function faultsOf({ loss, kl, ...others }: Curves): string[] {
  const said = (wrong: boolean, what: string) => (wrong ? [what] : [])
  const finite = Object.entries({ loss, kl, ...others }).flatMap(([name, values = []]) => (
    said(!values.every(Number.isFinite), `${name} is not finite`)))
  const absurd = said(!!kl && Math.max(...kl) >= ABSURD_KL, `the KL divergence reaches ${kl && Math.max(...kl)}`)
  if (loss) return [...finite, ...absurd, ...said(!(loss.at(-1)! < loss[0]!), `the loss goes from ${loss[0]} to ${loss.at(-1)}`)]
  const saturated = Object.entries(others).flatMap(([name, values]) => (
    said(Math.max(...values) >= ABSURD_LOSS, `${name} reaches ${Math.max(...values)}`)))
  const { discriminator } = others
  if (!discriminator) return [...finite, ...absurd, ...saturated]
  const least = Math.min(...discriminator)
  const learns = said(!(least < 0.9 * discriminator[0]!), `the discriminator's loss goes from ${discriminator[0]} to ${least}`)
  return [...finite, ...absurd, ...saturated, ...learns]
}

export async function curvesOf(trial: Trial, runtime: RuntimeOptions = {}): Promise<Curves> {
  const { model: kind, shape, pictures, batchSize, steps } = trial
  const model = await Model.create(await createRuntime(runtime), defineFor(shape, kind, {}, CLASSES), { seed: 1 })
  const data = picturesOf(pictures, Math.max(2, model.definition.batchesPerStep ?? 1) * batchSize, shape)
  const { history } = await model.fit(data, { epochs: Math.ceil(steps / 2), batchSize })
  return history
}
