// The entry `ganglion/models`: models beyond those of the default entry, and changes of training images. It shares the default
// entry's code, and carries no core.
export { augmented } from '../models/augmented.ts'
export { convVae, type ConvVaeOptions } from '../models/conv_vae.ts'
export { cvae, type CvaeOptions } from '../models/cvae.ts'
export { iwae, type IwaeOptions } from '../models/iwae.ts'
export { rae, type RaeOptions } from '../models/rae.ts'
export { waeMmd, type WaeMmdOptions } from '../models/wae_mmd.ts'
