// What rae and wae-mmd share: convolutional networks around a code without noise, and the squared error.
import type { Tensor } from '../graph/tensor.ts'
import type { Layer, Pass } from '../nn/layer.ts'
import { dense } from '../nn/layers.ts'
import { tanh } from '../ops/activation.ts'
import { sub } from '../ops/arithmetic.ts'
import { sum } from '../ops/reduce.ts'
import { square } from '../ops/unary.ts'
import type { Batch } from './definition.ts'
import { convolutional, type Sizes } from './variational.ts'

export interface ConvAutoencoder {
  readonly decoder: Layer
  readonly layers: readonly Layer[]
  encode(images: Tensor, pass: Pass): Tensor
  decode(codes: Tensor, pass: Pass): Tensor
  /** Σ (x − x̂)² of all images, of which `codes` are the codes. */
  error(images: Tensor, codes: Tensor, pass: Pass): Tensor
  /** As a definition has it. */
  evaluate(batch: Batch, pass: Pass): { loss: Tensor }
}

export function convAutoencoder(sizes: Sizes): ConvAutoencoder {
  const { encoder, decoder } = convolutional(sizes)
  const code = dense({ units: sizes.latent, name: 'code' })
  const encode = (images: Tensor, pass: Pass): Tensor => code.apply(encoder.apply(images, pass), pass)
  const decode = (codes: Tensor, pass: Pass): Tensor => tanh(decoder.apply(codes, pass))
  const error = (images: Tensor, codes: Tensor, pass: Pass): Tensor => sum(square(sub(images, decode(codes, pass))))
  return {
    decoder, layers: [encoder, code, decoder], encode, decode, error,
    evaluate: ({ images }, pass) => ({ loss: error(images, encode(images, pass), pass) }),
  }
}
