// Ganglion's default entry: everything that runs anywhere, the core inlined. Files, datasets on disk and the command line
// are in ./node.
export { createRuntime } from '../runtime/create_runtime.ts'
export * from './api.ts'
