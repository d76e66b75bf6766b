// What is trained: models A–D of test/golden/README.md at full width, and what every contestant is told about them.
import type { Kind } from '../../test/golden/layers.ts'

/** The models that every contestant has. */
export type PeerModel = 'autoencoder' | 'vae' | 'gan' | 'dcgan'

interface Model {
  readonly kind: Kind
  readonly learningRate: number
  readonly beta1: number
  /** Sizes of the noise vectors that a step draws for each sample, in order. */
  readonly noise: readonly number[]
}

export const MODELS: Readonly<Record<PeerModel, Model>> = {
  autoencoder: { kind: 'A', learningRate: 1e-3, beta1: 0.9, noise: [] },
  vae: { kind: 'B', learningRate: 1e-3, beta1: 0.9, noise: [20] },
  gan: { kind: 'C', learningRate: 3e-4, beta1: 0.5, noise: [100, 100] },
  dcgan: { kind: 'D', learningRate: 2e-4, beta1: 0.5, noise: [100, 100] },
}

/** The first message to a contestant. Files are little endian; tensors have TensorFlow's layouts, as in test/golden. */
export interface Init extends Model {
  readonly model: PeerModel
  readonly batch: number
  readonly threads: number
  /** Parameters in the order of the weights' file. */
  readonly params: readonly { readonly name: string; readonly shape: readonly number[] }[]
  /** float32 */
  readonly weightsFile: string
  /** Bytes of `images` pictures of 28 × 28; a step takes the next `batch` of them as x / 127.5 − 1, in turn. */
  readonly imagesFile: string
  readonly images: number
  /** float32 [steps][noise][batch][size] that stand in for drawn noise; '' while timed. */
  readonly noiseFile: string
}

/** What a contestant is: loaded once, given one model, then asked for steps. */
export interface Contestant {
  /** Names and versions of what computes. */
  readonly versions: Readonly<Record<string, string>>
  /** Throws where the model cannot be made. */
  init(init: Init): Promise<void> | void
  /** Runs `n` training steps; losses before an update (a VAE's per sample): of the last step, or means. */
  steps(n: number): Promise<readonly number[]> | readonly number[]
}
