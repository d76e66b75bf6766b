// Models at the sizes that people bring: 64×64×3 and 32×32×3, which the package's own kinds do not show. Written with the
// public pieces of a build alone, so that commits can be compared by them; bench/peers has the same ones in PyTorch.
import type * as host from '../src/entries/index.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import type { Optimizer } from '../src/nn/optimizers.ts'

/** The pieces of a build that these models are made of. */
export type Pieces = Pick<typeof host, 'initializers' | 'layers' | 'losses' | 'minimize' | 'ops' | 'optimizers' | 'scoped'>
type Make = (pieces: Pieces) => ModelDefinition
type Layers = readonly host.Layer[]

const LEAK = { alpha: 0.2 }
const NORMALIZATION = { epsilon: 1e-5, momentum: 0.9 }

/** A GAN's step, as the models of the package take it: the discriminator, then, with fresh noise, the generator. */
function adversarial(
  { ops, optimizers, minimize }: Pieces, kind: string, side: number, latent: number,
  generator: host.Layer, discriminator: host.Layer, loss: (real: host.Tensor | undefined, fake: host.Tensor) => host.Tensor,
): ModelDefinition {
  const [ofD, ofG] = ['adam_discriminator', 'adam_generator']
    .map((name) => optimizers.adam({ learningRate: 2e-4, beta1: 0.5, name })) as [Optimizer, Optimizer]
  return {
    kind, options: {}, imageShape: [side, side, 3], codeShape: [latent], dropRemainder: true, optimizers: [ofD, ofG],
    train({ images }, pass) {
      const noise = () => ops.randomNormal([images.shape[0]!, latent], pass.stream('noise'))
      const judge = (x: host.Tensor) => discriminator.apply(x, pass)
      const dLoss = loss(judge(images), judge(generator.apply(noise(), pass)))
      const updateD = minimize(ofD, dLoss, [discriminator], { metrics: { discriminator: dLoss } })
      const gLoss = loss(undefined, judge(generator.apply(noise(), pass)))
      return [updateD, minimize(ofG, gLoss, [generator], { metrics: { generator: gLoss } })]
    },
    decode: (codes, pass) => generator.apply(codes, pass),
  }
}

/** The network of the DCGAN paper (Radford et al. 2015, arXiv:1511.06434): 512, 256, 128, 64 channels. */
const dcgan64 = (kernelSize: number): Make => (pieces) => {
  const { initializers, layers, losses, ops } = pieces
  const { activation, batchNormalization, conv2d, conv2dTranspose, dense, flatten, leakyReLU, reshape, sequential } = layers
  const kernelInitializer = initializers.randomNormal({ stddev: 0.02 })
  const halving = { kernelSize, strides: 2, padding: 'same', kernelInitializer } as const
  const generator = sequential('generator', [
    dense({ units: 4 * 4 * 512, kernelInitializer }), reshape({ targetShape: [4, 4, 512] }),
    batchNormalization(NORMALIZATION), activation('relu'),
    ...[256, 128, 64].flatMap((filters) =>
      [conv2dTranspose({ filters, ...halving }), batchNormalization(NORMALIZATION), activation('relu')]),
    conv2dTranspose({ filters: 3, ...halving }), activation('tanh'),
  ])
  const discriminator = sequential('discriminator', [
    conv2d({ filters: 64, ...halving }), leakyReLU(LEAK),
    ...[128, 256, 512].flatMap((filters) =>
      [conv2d({ filters, ...halving }), batchNormalization(NORMALIZATION), leakyReLU(LEAK)]),
    flatten(), dense({ units: 1, kernelInitializer }),
  ])
  const entropy = (wanted: number, x: host.Tensor) => ops.mean(losses.sigmoidCrossEntropy(wanted, x))
  return adversarial(pieces, `dcgan64-${kernelSize}`, 64, 100, generator, discriminator,
    (real, fake) => (real ? ops.add(entropy(1, real), entropy(0, fake)) : entropy(1, fake)))
}

/** A convolutional variational autoencoder: 32, 64, 128, 256 channels, a code of 128. */
const cvae64: Make = ({ layers, losses, minimize, ops, optimizers }) => {
  const { conv2d, conv2dTranspose, dense, flatten, reshape, sequential } = layers
  const halving = { kernelSize: 4, strides: 2, padding: 'same' } as const
  const encoder = sequential('encoder', [
    ...[32, 64, 128, 256].map((filters) => conv2d({ filters, activation: 'relu', ...halving })), flatten(),
  ])
  const [mean, logvar] = [dense({ units: 128, name: 'mean' }), dense({ units: 128, name: 'logvar' })]
  const decoder = sequential('decoder', [
    dense({ units: 4 * 4 * 256, activation: 'relu' }), reshape({ targetShape: [4, 4, 256] }),
    ...[128, 64, 32].map((filters) => conv2dTranspose({ filters, activation: 'relu', ...halving })),
    conv2dTranspose({ filters: 3, activation: 'tanh', ...halving }),
  ])
  const optimizer = optimizers.adam({ learningRate: 1e-4 })
  return {
    kind: 'cvae64', options: {}, imageShape: [64, 64, 3], codeShape: [128], reduction: 'sum', optimizers: [optimizer],
    train({ images }, pass) {
      const h = encoder.apply(images, pass)
      const mu = mean.apply(h, pass)
      const std = ops.exp(ops.mul(logvar.apply(h, pass), 0.5))
      const z = ops.add(mu, ops.mul(std, ops.randomNormal(mu.shape, pass.stream('epsilon'))))
      const loss = ops.add(losses.sumSquaredError(images, decoder.apply(z, pass)), losses.gaussianKL(mu, std))
      return [minimize(optimizer, loss, [encoder, mean, logvar, decoder])]
    },
    decode: (codes, pass) => decoder.apply(codes, pass),
  }
}

/** main(x) + shortcut(x) */
function residual({ layers: { sequential }, ops, scoped }: Pieces, name: string, main: Layers, shortcut: Layers): host.Layer {
  const parts = [sequential('main', main), ...(shortcut.length ? [sequential('shortcut', shortcut)] : [])] as const
  return {
    kind: 'residual', name, layers: parts,
    get variables() {
      return parts.flatMap(({ variables }) => variables)
    },
    apply: (x, pass, as = name) => scoped(as, () => ops.add(parts[0].apply(x, pass), parts[1]?.apply(x, pass) ?? x)),
  }
}

/** The residual networks of SN-GAN (Miyato et al. 2018, arXiv:1802.05957, table 4) of 128 channels, without the spectral norm. */
const sngan32: Make = (pieces) => {
  const { activation, averagePooling2d, batchNormalization, conv2d, dense, reshape, resizing, sequential, layer } = pieces.layers
  const conv = (kernelSize = 3, filters = 128) => conv2d({ filters, kernelSize, padding: 'same' })
  const [relu, half] = [() => activation('relu'), () => averagePooling2d({ poolSize: 2 })]
  const norm = () => batchNormalization(NORMALIZATION)
  const doubled = (side: number) => resizing({ height: 2 * side, width: 2 * side, interpolation: 'nearest' })
  const up = (side: number) => residual(pieces, `up_${side}`,
    [norm(), relu(), doubled(side), conv(), norm(), relu(), conv()], [doubled(side), conv(1)])
  const generator = sequential('generator', [
    dense({ units: 4 * 4 * 128 }), reshape({ targetShape: [4, 4, 128] }), up(4), up(8), up(16), norm(), relu(), conv(3, 3),
    activation('tanh'),
  ])
  const total = layer('total', {}, () => (x) => pieces.ops.sum(x, [1, 2]))
  const discriminator = sequential('discriminator', [
    residual(pieces, 'first', [conv(), relu(), conv(), half()], [half(), conv(1)]),
    residual(pieces, 'second', [relu(), conv(), relu(), conv(), half()], [conv(1), half()]),
    residual(pieces, 'third', [relu(), conv(), relu(), conv()], []),
    residual(pieces, 'fourth', [relu(), conv(), relu(), conv()], []),
    relu(), total, dense({ units: 1 }),
  ])
  const { losses, ops } = pieces
  const hinge = (wanted: number, x: host.Tensor) => losses.hinge(ops.fill(x.shape, wanted), x)
  return adversarial(pieces, 'sngan32', 32, 128, generator, discriminator,
    (real, fake) => (real ? ops.add(hinge(1, real), hinge(-1, fake)) : ops.negative(ops.mean(fake))))
}

/** The batches that they are measured at. */
export const REAL_BATCHES: Readonly<Record<string, number>> = { 'dcgan64-4': 64, 'dcgan64-5': 64, cvae64: 64, sngan32: 16 }

/** By the names that `npm run bench -- compare` and its like know. */
export const realModels: Readonly<Record<string, Make>> = {
  'dcgan64-4': dcgan64(4), 'dcgan64-5': dcgan64(5), cvae64, sngan32,
}
