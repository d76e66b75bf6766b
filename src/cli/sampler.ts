// `--sampler`: which codes are decoded to new images. Those of a Gaussian mixture are fitted to the codes of training images.
import type { RunConfig } from '../checkpoint/config.ts'
import { GanglionError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import { drawMixture, gaussianMixture } from '../metrics/mixture.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import type { Model } from '../train/model.ts'
import { trainedOn } from './data.ts'
import { codesOf, encoderOf, spread } from './encoded.ts'
import type { Io } from './io.ts'
import { choice, integer, UsageError, type Values } from './options.ts'

const COMPONENTS = 10
/** Images whose codes the mixture is fitted to: more of them would take longer and change little. */
const MOST_CODES = 20_000
/** Numbers of a code, and products of a step of the fit, which take some seconds. */
const [MOST_NUMBERS, PRODUCTS] = [512, 4e9]

export const samplerOptions = {
  sampler: {
    value: 'HOW', read: choice('normal', 'gaussian-mixture'), initial: 'normal',
    help: "normal: the model's own codes; gaussian-mixture: codes of a mixture fitted to those of training images",
  },
  components: { value: 'K', read: integer(1, 1000), initial: COMPONENTS, help: 'with gaussian-mixture: its Gaussians' },
} as const

export interface Sampled {
  readonly config: RunConfig
  readonly model: Model
  readonly folder: string
  readonly count: number
  readonly seed: number
  readonly data?: string
  readonly maxBytes?: number
}

/**
 * Codes of a Gaussian mixture, where one is asked for: as many as are to be decoded. A number of a code stays within those of the
 * codes that the mixture was fitted to, which a Gaussian's tails would leave: the decoder has seen no others.
 * @throws UsageError where --components is given without it; GanglionError where the model has no encoder, or data are missing
 */
export async function mixtureCodes(
  { sampler, components: asked }: Values<typeof samplerOptions>,
  { config, model, folder, count, seed, data: given, maxBytes }: Sampled, { stderr }: Io,
): Promise<Float32Array | undefined> {
  if (sampler !== 'gaussian-mixture') {
    if (asked === undefined) return undefined
    throw new UsageError('--components are those of a mixture; give --sampler gaussian-mixture too, or leave it out')
  }
  const components = asked ?? COMPONENTS
  const width = sizeOf(encoderOf(model, 'have its codes fitted', 'leave out --sampler').codeShape)
  if (width > MOST_NUMBERS) {
    throw new GanglionError(`a code has ${width} numbers, and a mixture is fitted to codes of ${MOST_NUMBERS} at most; ` +
      'leave out --sampler')
  }
  const data = await trainedOn(given, config, folder, model, maxBytes)
  if (data.count < components) {
    const images = `${data.count} training images of "${data.name}"`
    throw new GanglionError(`--components ${components} is more than the ${images}; give fewer`)
  }
  const values = codesOf(model, data, spread(data.count, codesFor(components, width)))
  const mixture = gaussianMixture({ values, width }, { components, seed: config.training.seed })
  stderr.write(`ganglion: ${components} Gaussians fitted to the codes of ${values.length / width} training images ` +
    `of ${data.name}, in ${mixture.iterations} steps${mixture.converged ? '' : ', not to the end'}\n`)
  return within(values, width, await drawMixture(await createRuntime(), mixture, count, { seed }))
}

/** Of wide codes fewer, as their covariances take longer. */
const codesFor = (components: number, width: number): number =>
  Math.max(components, Math.min(MOST_CODES, Math.floor(PRODUCTS / (components * width * width))))

/** `drawn`, each number no less and no more than that number of all of `codes`. */
function within(codes: Float32Array, width: number, drawn: Float32Array): Float32Array {
  const [least, most] = [new Float32Array(width).fill(Infinity), new Float32Array(width).fill(-Infinity)]
  codes.forEach((v, i) => {
    least[i % width] = Math.min(least[i % width]!, v)
    most[i % width] = Math.max(most[i % width]!, v)
  })
  return drawn.map((v, i) => Math.min(Math.max(v, least[i % width]!), most[i % width]!))
}
