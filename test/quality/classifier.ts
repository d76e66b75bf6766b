// The MNIST classifier behind the Fréchet distance and the inception score: its features and logits for images.
// A measuring tool, not shipped: plain loops in doubles over float32 weights, Node only.
// Architecture (classifier.json): conv 3×3 stride 2 SAME 16, relu; conv 3×3 stride 2 SAME 32, relu; dense 64, relu
// (the features); dense 10 (the logits). NHWC, filters [kh, kw, in, out], dense [in, out]. Images in [-1, 1].
import { readFileSync } from 'node:fs'
import type { Gaussian } from '../../src/metrics/frechet.ts'

export const PIXELS = 28 * 28
export const FEATURES = 64
export const CLASSES = 10

export type Classifier = Readonly<Record<string, Float64Array>>

export interface Classified {
  /** [N × 64], after relu. */
  readonly features: Float32Array
  /** [N × 10]. */
  readonly logits: Float32Array
}

const golden = new URL('../../test/golden/', import.meta.url)

const bytesOf = (name: string): ArrayBuffer => new Uint8Array(readFileSync(new URL(name, golden))).buffer

/** The classifier's tensors, by the names of classifier.json (`c1.w`, `c1.b`, …), widened to doubles. */
export function loadClassifier(): Classifier {
  const { tensors } = JSON.parse(readFileSync(new URL('classifier.json', golden), 'utf8')) as
    { tensors: { name: string, shape: number[], offset: number }[] }
  const weights = new Float32Array(bytesOf('classifier.f32'))
  return Object.fromEntries(tensors.map(({ name, shape, offset }) =>
    [name, Float64Array.from(weights.subarray(offset, offset + shape.reduce((a, b) => a * b)))]))
}

/** Mean and covariance (N − 1) of the features of MNIST's 60,000 training images. */
export function loadReference(): Gaussian {
  const stats = new Float64Array(bytesOf('fd_ref_stats.f64'))
  return { mean: stats.slice(0, FEATURES), covariance: stats.slice(FEATURES) }
}

/** y[H/2, H/2, K] = relu(conv 3×3, stride 2, SAME) of x[H, H, C], H even: TensorFlow pads below and right only. */
function conv(x: Float64Array, H: number, C: number, w: Float64Array, b: Float64Array, y: Float64Array): void {
  const K = b.length
  for (let i = 0, at = 0; i < H; i += 2) {
    for (let j = 0; j < H; j += 2, at += K) {
      for (let k = 0; k < K; k++) y[at + k] = b[k]!
      for (let r = 0; r < 3 && i + r < H; r++) {
        for (let s = 0; s < 3 && j + s < H; s++) {
          const from = ((i + r) * H + j + s) * C
          for (let c = 0; c < C; c++) {
            const v = x[from + c]!
            if (v === 0) continue
            const row = ((r * 3 + s) * C + c) * K
            for (let k = 0; k < K; k++) y[at + k]! += v * w[row + k]!
          }
        }
      }
      for (let k = 0; k < K; k++) if (y[at + k]! < 0) y[at + k] = 0
    }
  }
}

/** y[K] = x[C] · w[C, K] + b[K]. */
function dense(x: Float64Array, w: Float64Array, b: Float64Array, y: Float64Array): void {
  y.set(b)
  const K = b.length
  for (let c = 0, row = 0; c < x.length; c++, row += K) {
    const v = x[c]!
    if (v === 0) continue
    for (let k = 0; k < K; k++) y[k]! += v * w[row + k]!
  }
}

/**
 * Features and logits of `images`, [N × 784] in [-1, 1].
 * Throws RangeError where the length is not a multiple of 784, or a pixel is not finite (relu would hide it).
 */
export function classify(images: Float32Array, net: Classifier = loadClassifier()): Classified {
  const N = images.length / PIXELS
  if (!Number.isInteger(N)) throw new RangeError(`"images" expected N × ${PIXELS} pixels, got ${images.length}`)
  const bad = images.findIndex((v) => !Number.isFinite(v))
  if (bad >= 0) throw new RangeError(`"images" expected finite pixels, got ${images[bad]} in image ${Math.floor(bad / PIXELS)}`)
  const features = new Float32Array(N * FEATURES)
  const logits = new Float32Array(N * CLASSES)
  const x = new Float64Array(PIXELS)
  const h1 = new Float64Array(14 * 14 * 16)
  const h2 = new Float64Array(7 * 7 * 32)
  const f = new Float64Array(FEATURES)
  const l = new Float64Array(CLASSES)
  for (let n = 0; n < N; n++) {
    x.set(images.subarray(n * PIXELS, (n + 1) * PIXELS))
    conv(x, 28, 1, net['c1.w']!, net['c1.b']!, h1)
    conv(h1, 14, 16, net['c2.w']!, net['c2.b']!, h2)
    dense(h2, net['f1.w']!, net['f1.b']!, f)
    for (let k = 0; k < FEATURES; k++) if (f[k]! < 0) f[k] = 0
    dense(f, net['f2.w']!, net['f2.b']!, l)
    features.set(f, n * FEATURES)
    logits.set(l, n * CLASSES)
  }
  return { features, logits }
}

/** exp(mean over images of KL(p(y|x) ‖ mean p(y))) of `logits` [N × classes], one split: 1 (worst) to `classes` (best). */
export function inceptionScore(logits: Float32Array, classes = CLASSES): number {
  const N = logits.length / classes
  if (!Number.isInteger(N) || N === 0) throw new RangeError(`"logits" expected N × ${classes} values, got ${logits.length}`)
  const marginal = new Float64Array(classes)
  let negativeEntropy = 0 // the sum over images and classes of p log p
  for (let n = 0; n < N; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes)
    const max = row.reduce((a, b) => Math.max(a, b))
    const logSum = max + Math.log(row.reduce((sum, v) => sum + Math.exp(v - max), 0))
    row.forEach((v, k) => {
      const p = Math.exp(v - logSum)
      marginal[k]! += p / N
      negativeEntropy += p * (v - logSum)
    })
  }
  // mean KL = mean of p log p − sum of m log m: the cross term is the marginal's own entropy
  return Math.exp(negativeEntropy / N - marginal.reduce((sum, m) => m > 0 ? sum + m * Math.log(m) : sum, 0))
}
