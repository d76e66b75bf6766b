// How near a model's samples are to images: figures of both by features that have a name.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { compareFeatures, type Comparison } from '../metrics/compare.ts'
import { classifierFeatures, type FeatureExtractor, randomFeatures } from '../metrics/extractors.ts'
import type { Features } from '../metrics/features.ts'
import { mnistClassifier } from '../node/mnist_classifier.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { turn } from '../runtime/turn.ts'
import { scaledImages } from '../train/batches.ts'
import type { Model } from '../train/model.ts'

/** Of density and coverage in their paper. */
export const NEIGHBOURS = 5
/** Images made and looked at in a row: of 64 × 64 in colour they take 50 MB. */
const CHUNK = 1000

export interface Distribution {
  readonly figures: Comparison
  readonly samples: number
  readonly seed: number
  readonly features: { readonly name: string, readonly digest: string }
}

/** The classifier's features where the images are such as it knows, those of a random network otherwise. */
async function extractorFor(shape: ImageDataset['shape']): Promise<FeatureExtractor> {
  const runtime = await createRuntime()
  return shape.join() === '28,28,1' ? classifierFeatures(runtime, await mnistClassifier()) : randomFeatures(runtime, shape)
}

/** Features of `count` images, which `images` gives some of at a time. */
async function collect(
  extractor: FeatureExtractor, count: number, images: (first: number, n: number) => Float32Array,
): Promise<Features> {
  const { width } = extractor
  const values = new Float32Array(count * width)
  for (let first = 0; first < count; first += CHUNK) {
    values.set(extractor.of(images(first, Math.min(CHUNK, count - first))).values, first * width)
    await turn()
  }
  return { values, width }
}

/**
 * Figures of `samples` images of the model beside all of `data`.
 * @param codes of the samples, in place of the model's own
 */
export async function distribution(
  model: Model, data: ImageDataset, samples: number, seed: number, codes = model.drawCodes(samples, { seed }),
): Promise<Distribution> {
  const least = NEIGHBOURS + 1
  if (Math.min(data.count, samples) < least) {
    throw new GanglionError(`${samples} samples cannot be compared with ${data.count} images, ` +
      `expected at least ${least} of each; give more, or --samples 0`)
  }
  const extractor = await extractorFor(data.shape)
  const { name, digest } = extractor
  const real = await collect(extractor, data.count, (first, n) =>
    scaledImages(data, Array.from({ length: n }, (_, i) => first + i)))
  const { classes } = model.definition
  const size = codes.length / samples
  const generated = await collect(extractor, samples, (first, n) => {
    const labels = classes && Float32Array.from({ length: n }, (_, i) => (first + i) % classes)
    return model.decode(codes.subarray(first * size, (first + n) * size), { seed, ...(labels && { labels }) })
  })
  return { figures: compareFeatures(real, generated, { neighbours: NEIGHBOURS }), samples, seed, features: { name, digest } }
}
