// The entry `ganglion/models`: models beyond those of the default entry, and changes of training images. It shares the default
// entry's code, and carries no core.
export { acgan, type AcganOptions } from '../models/acgan.ts'
export { augmented } from '../models/augmented.ts'
export { cgan, type CganOptions } from '../models/cgan.ts'
export { convVae, type ConvVaeOptions } from '../models/conv_vae.ts'
export { cvae, type CvaeOptions } from '../models/cvae.ts'
export { iwae, type IwaeOptions } from '../models/iwae.ts'
export { rae, type RaeOptions } from '../models/rae.ts'
export { sngan, type SnganOptions } from '../models/sngan.ts'
export { vqVae, type VqVaeOptions } from '../models/vq_vae.ts'
export { waeMmd, type WaeMmdOptions } from '../models/wae_mmd.ts'
export { wganGp, type WganGpOptions } from '../models/wgan_gp.ts'
