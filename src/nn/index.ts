// Layers, losses, optimizers, schedules and initializers by their Keras names, a namespace each.
export * as initializers from './namespaces/initializers.ts'
export * as layers from './namespaces/layers.ts'
export * as losses from './namespaces/losses.ts'
export * as optimizers from './namespaces/optimizers.ts'
export * as schedules from './namespaces/schedules.ts'
