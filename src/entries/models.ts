// The entry `ganglion/models`: all models of the package, and changes of training images. It shares the default entry's code, and
// carries no core.
export * from '../models/registry.ts'
export { augmented } from '../models/augmented.ts'
