// What features images are compared by: networks of known weights, run in the core. A figure is named after its extractor, and
// only figures of the same one, by its digest, can be compared.
import { type SavedTensor } from '../formats/safetensors.ts'
import { sha256 } from '../formats/sha256.ts'
import { input, isVariable, type Variable } from '../graph/leaves.ts'
import { type Shape, sameShape, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import { heNormal } from '../nn/initializers.ts'
import { type Layer, Pass } from '../nn/layer.ts'
import { conv2d, dense, flatten } from '../nn/layers.ts'
import { sequential } from '../nn/sequential.ts'
import { mean } from '../ops/reduce.ts'
import { check, floats, imageShape as imageRule, isObject, rule } from '../options.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Session } from '../runtime/session.ts'
import type { Features } from './features.ts'

/** Images worked on at a time. */
const CHUNK = 64
/** What the random network is drawn from. */
const SEED = 1

export const RUNTIME = rule('a Runtime, which createRuntime() promises: await it',
  (x): x is Runtime => isObject(x) && 'session' in x)
const WEIGHTS = rule('a Map of tensors, as decodeSafetensors gives', (x): x is ReadonlyMap<string, SavedTensor> =>
  isObject(x) && 'get' in x)

export class FeatureExtractor {
  /** What figures are named after. */
  readonly name: string
  /** SHA-256 of its weights. */
  readonly digest: string
  /** The shape of the images that it takes. */
  readonly imageShape: Shape
  /** Features of an image. */
  readonly width: number
  readonly #fn: CompiledFunction

  private constructor(name: string, digest: string, imageShape: Shape, width: number, fn: CompiledFunction) {
    this.name = name
    this.digest = digest
    this.imageShape = imageShape
    this.width = width
    this.#fn = fn
  }

  /** @internal The extractor whose features `build` makes of images; `fill` puts weights into its variables. */
  static async create(
    runtime: Runtime, name: string, imageShape: Shape, build: (images: Tensor) => Tensor,
    fill?: (session: Session, variables: readonly Variable[]) => void,
  ): Promise<FeatureExtractor> {
    const session = await runtime.session(SEED)
    const features = build(input('images', [CHUNK, ...imageShape]))
    const variables = topological([features]).filter(isVariable)
    session.addVariables(variables)
    fill?.(session, variables)
    const digest = await sha256(variables.map((v) => new Uint8Array(session.values(v).slice().buffer)))
    const fn = session.compile({ group: 'features', stages: [{ outputs: { features } }] })
    return new FeatureExtractor(name, digest, imageShape, features.shape[1]!, fn)
  }

  /**
   * Features of images [n, …imageShape] in [-1, 1]. An image's features do not depend on the others.
   * @throws TypeError, RangeError where they are no Float32Array, or not a multiple of an image
   */
  of(images: Float32Array): Features {
    check(this.name, 'images', images, floats)
    const size = sizeOf(this.imageShape)
    const n = images.length / size
    if (!Number.isInteger(n) || n < 1) {
      const image = `${size} (${show(this.imageShape)})`
      throw new RangeError(`${this.name}: ${images.length} values given, expected a multiple of ${image}`)
    }
    const values = new Float32Array(n * this.width)
    const chunk = new Float32Array(CHUNK * size)
    for (let first = 0; first < n; first += CHUNK) {
      const rows = Math.min(CHUNK, n - first)
      chunk.fill(0).set(images.subarray(first * size, (first + rows) * size))
      this.#fn.feed('images', chunk).run(1)
      values.set(this.#fn.read('features').subarray(0, rows * this.width), first * this.width)
    }
    return { values, width: this.width }
  }
}

const inference = () => new Pass(false)

/**
 * Features of images of any shape: 'random-conv-128', four convolutions 3 × 3 of stride 2 with relu, of 16, 32, 64 and 128
 * channels, He-normal weights drawn once for all from a seed, then the mean over positions. Random features tell distributions
 * apart without any training data (Naeem et al. 2020, arXiv:2002.09797, section 5), less sharply than those of a classifier.
 * @throws TypeError, RangeError where runtime or shape are not as described
 * @example
 * const extractor = await randomFeatures(runtime, [64, 64, 3])
 */
export async function randomFeatures(runtime: Runtime, imageShape: Shape): Promise<FeatureExtractor> {
  check('randomFeatures', 'runtime', runtime, RUNTIME)
  check('randomFeatures', 'imageShape', imageShape, imageRule)
  const network = sequential('random', [16, 32, 64, 128].map((filters) => (
    conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', kernelInitializer: heNormal() }))))
  return FeatureExtractor.create(runtime, 'random-conv-128', imageShape, (x) => mean(network.apply(x, inference()), [1, 2]))
}

/** The classifier's layers, and their names among the weights. */
const CLASSIFIER = (): readonly (readonly [string, Layer])[] => {
  const halving = { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' } as const
  return [
    ['c1', conv2d({ filters: 16, name: 'c1', ...halving })], ['c2', conv2d({ filters: 32, name: 'c2', ...halving })],
    ['f1', dense({ units: 64, name: 'f1', activation: 'relu' })],
  ]
}

/**
 * Features of grey images of 28 × 28, digits or the like: 'mnist-classifier-64', what a classifier of MNIST (98.7 % right) has
 * before its last layer. conv 3 × 3 stride 2 SAME 16 relu → the same 32 → dense 64 relu.
 * @param weights of `ganglion/mnist_classifier.safetensors`
 * @throws TypeError, RangeError where they are others
 * @example
 * const extractor = await classifierFeatures(runtime, await mnistClassifier())
 */
export async function classifierFeatures(
  runtime: Runtime, weights: ReadonlyMap<string, SavedTensor>,
): Promise<FeatureExtractor> {
  check('classifierFeatures', 'runtime', runtime, RUNTIME)
  check('classifierFeatures', 'weights', weights, WEIGHTS)
  const [c1, c2, f1] = CLASSIFIER().map(([, layer]) => layer) as [Layer, Layer, Layer]
  const network = sequential('classifier', [c1, c2, flatten(), f1])
  return FeatureExtractor.create(runtime, 'mnist-classifier-64', [28, 28, 1], (x) => network.apply(x, inference()),
    (session, variables) => {
      for (const v of variables) {
        const name = v.attrs.name.replace('classifier/', '').replace('/kernel', '.w').replace('/bias', '.b')
        const given = weights.get(name)
        if (!given || !sameShape(given.shape, v.shape)) {
          throw new RangeError(`classifierFeatures: weights have no ${name} of shape ${show(v.shape)}, ` +
            'expected those of ganglion/mnist_classifier.safetensors')
        }
        session.write(v, given.data)
      }
    })
}
