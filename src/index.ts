// Ganglion's default entry: everything that runs anywhere, the core inlined. Files, datasets on disk and the command line
// are in ./node.
export * from './api.ts'
export { createRuntime } from './runtime/runtime.ts'
