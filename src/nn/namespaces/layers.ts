// The namespace `layers` of the package: the exports of other files that users see.
export type { ActivationName, ActivationOption } from '../activations.ts'
export {
  type AddVariable, freeze, type Layer, layer, type LayerOptions, parameters, Pass, type Rows, type Run,
} from '../layer.ts'
export { embedding, type EmbeddingOptions } from '../embedding.ts'
export { gaussianNoise, globalAveragePooling2d, upSampling2d, type UpSamplingOptions } from '../image_layers.ts'
export {
  activation, averagePooling2d, conv2d, conv2dTranspose, dense, depthwiseConv2d, dropout, flatten, leakyReLU, maxPooling2d,
  reshape, resizing,
} from '../layers.ts'
export type {
  ConvolutionOptions, DenseOptions, DepthwiseOptions, PoolingOptions, ResizingOptions, WeightedOptions,
} from '../layers.ts'
export { batchNormalization, groupNormalization, layerNormalization } from '../normalization.ts'
export type { BatchNormalizationOptions, GroupNormalizationOptions, LayerNormalizationOptions } from '../normalization.ts'
export { residual } from '../residual.ts'
export { sequential } from '../sequential.ts'
export { spectralNormalization, type SpectralOptions } from '../spectral.ts'
