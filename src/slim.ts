// The entry `ganglion/slim`: the default entry's API without a core inside. Who gives the core decides how it is loaded.
import type { CoreSource } from './runtime/core_source.ts'
import { Runtime, type RuntimeOptions } from './runtime/engine.ts'

export * from './api.ts'

export interface SlimRuntimeOptions extends RuntimeOptions {
  /** The core: a compiled module, its bytes, an address, the answer of a `fetch`, or a promise of one of these. */
  core: CoreSource | PromiseLike<CoreSource>
}

/**
 * Loads the core that is given.
 * @throws TypeError where no core is given, or something else
 * @throws RangeError for options that are out of range
 * @throws GanglionError where threads (by number) or relaxed precision are asked for and not available, or the core cannot
 * be fetched or used
 */
export const createRuntime = (options: SlimRuntimeOptions): Promise<Runtime> => Runtime.create(options ?? {}, () => {
  throw new TypeError("createRuntime: 'ganglion/slim' has no core inside; " +
    "give one, { core: new URL('…/ganglion.wasm') } say, or import 'ganglion'")
})
