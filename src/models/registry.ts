// The models of the package, a line each. What handles any of them (kinds.ts) reads this file, and nothing else does: bundlers
// keep all of a namespace, so the entries name the models that they export one by one (entries/api.ts).
export { autoencoder } from './autoencoder.ts'
export { dcgan } from './dcgan.ts'
export { gan } from './gan.ts'
export { lsgan } from './lsgan.ts'
export { vae } from './vae.ts'
