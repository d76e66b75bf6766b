// Layers, losses, optimizers, schedules and initializers by their Keras names, a namespace each.
export * as initializers from './public/initializers.ts'
export * as layers from './public/layers.ts'
export * as losses from './public/losses.ts'
export * as optimizers from './public/optimizers.ts'
export * as schedules from './public/schedules.ts'
