// Models A–D of test/golden/README.md at full width, models of real size, and what every contestant is told about them.
import type { Kind } from '../../test/golden/layers.ts'

/** The models that every contestant has, and those of real size, which only PyTorch has. */
export type PeerModel = 'autoencoder' | 'vae' | 'gan' | 'dcgan' |
  'dcgan64-4' | 'dcgan64-5' | 'cvae64' | 'sngan32' | 'wgan-gp64' | 'sngan64' | 'vq-vae64' | 'cgan64' | 'acgan64'

interface Model {
  /** Of the golden models; none where it is one of real size. */
  readonly kind: Kind | ''
  /** [height, width, channels] */
  readonly imageShape: readonly number[]
  readonly learningRate: number
  readonly beta1: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Sizes of the noise vectors that a step draws for each sample, in order. */
  readonly noise: readonly number[]
  /** Whether a step draws numbers from 0 to 1 for all samples together: they are 0 where results are compared. */
  readonly uniform?: boolean
}

const DIGITS = { imageShape: [28, 28, 1] }
const OF_64 = { kind: '', imageShape: [64, 64, 3], learningRate: 2e-4, beta1: 0.5, noise: [100, 100] } as const
export const MODELS: Readonly<Record<PeerModel, Model>> = {
  autoencoder: { kind: 'A', ...DIGITS, learningRate: 1e-3, beta1: 0.9, noise: [] },
  vae: { kind: 'B', ...DIGITS, learningRate: 1e-3, beta1: 0.9, noise: [20] },
  gan: { kind: 'C', ...DIGITS, learningRate: 3e-4, beta1: 0.5, noise: [100, 100] },
  dcgan: { kind: 'D', ...DIGITS, learningRate: 2e-4, beta1: 0.5, noise: [100, 100] },
  'dcgan64-4': OF_64,
  'dcgan64-5': OF_64,
  cvae64: { kind: '', imageShape: [64, 64, 3], learningRate: 1e-4, beta1: 0.9, noise: [128] },
  sngan32: { ...OF_64, imageShape: [32, 32, 3], noise: [128, 128] },
  // Codes, and where between real and generated images the penalty's slope is, for three steps of the critic; codes.
  'wgan-gp64': { ...OF_64, beta1: 0, beta2: 0.9, noise: [64, 1, 64, 1, 64, 1, 64] },
  sngan64: { ...OF_64, beta1: 0, beta2: 0.9, noise: [64, 64] },
  cgan64: { ...OF_64, learningRate: 4e-4, noise: [64, 64] },
  acgan64: { ...OF_64, noise: [64, 64] },
  'vq-vae64': { ...OF_64, learningRate: 1e-3, beta1: 0.9, noise: [], uniform: true },
}

/** Those of the golden models. */
export const isGolden = (model: PeerModel): boolean => MODELS[model].kind !== ''

/** The first message to a contestant. Files are little endian; tensors have TensorFlow's layouts, as in test/golden. */
export interface Init extends Model {
  readonly model: PeerModel
  readonly batch: number
  readonly threads: number
  /** Parameters in the order of the weights' file. */
  readonly params: readonly { readonly name: string; readonly shape: readonly number[] }[]
  /** float32 */
  readonly weightsFile: string
  /** Bytes of `images` pictures; a step takes the next `batch` of them as x / 127.5 − 1, in turn. */
  readonly imagesFile: string
  readonly images: number
  /** Whether results are compared: nothing is drawn. */
  readonly fed: boolean
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
