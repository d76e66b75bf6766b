// The models of the package, a line each. All else that lists them reads this file: `import * as models` gives them by name.
export { autoencoder, type AutoencoderOptions } from './autoencoder.ts'
export { dcgan, type DcganOptions } from './dcgan.ts'
export { gan, type GanOptions } from './gan.ts'
export { lsgan, type LsganOptions } from './lsgan.ts'
export { vae, type VaeOptions } from './vae.ts'
