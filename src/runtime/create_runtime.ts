// The default entry's createRuntime: the cores are inlined, so it works without network or configuration.
import { coreBytes } from './cores.ts'
import { Runtime, type RuntimeOptions } from './runtime.ts'

export { MOST_THREADS, type Precision, Runtime, type RuntimeOptions } from './runtime.ts'

/**
 * Loads the core. Works without network or configuration wherever WebAssembly SIMD runs.
 * @throws RangeError for options that are unknown or out of range, TypeError for those of a wrong type
 * @throws GanglionError where threads (by number) or relaxed precision are asked for and not available, or a `core` that
 * was given cannot be fetched or used
 * @example
 * const runtime = await createRuntime({ threads: 'auto' })
 * const model = await Model.create(runtime, vae(), { seed: 1 })
 */
export const createRuntime = (options: RuntimeOptions = {}): Promise<Runtime> => Runtime.create(options, coreBytes)
