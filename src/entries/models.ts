// The entry `ganglion/models`: changes of training images. It shares the default entry's code, and carries no core.
export { augmented } from '../models/augmented.ts'
