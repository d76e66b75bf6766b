// The models of the package, a line each. What handles any of them (kinds.ts) reads this file, and nothing else does: bundlers
// keep all of a namespace, so the entries name the models that they export one by one (entries/api.ts).
export { autoencoder } from './autoencoder.ts'
export { convVae as 'conv-vae' } from './conv_vae.ts'
export { cvae } from './cvae.ts'
export { dcgan } from './dcgan.ts'
export { gan } from './gan.ts'
export { iwae } from './iwae.ts'
export { lsgan } from './lsgan.ts'
export { rae } from './rae.ts'
export { vae } from './vae.ts'
export { waeMmd as 'wae-mmd' } from './wae_mmd.ts'
