// The entry `ganglion/slim`: what loads a core and trains, without a core inside. Who gives the core decides how it is loaded.
// Models, layers and all else come from `ganglion/api`, which shares this entry's code.
import { type CoreSource, moduleOf } from '../runtime/core_source.ts'
import { Runtime, type RuntimeOptions } from '../runtime/runtime.ts'

export { GanglionError, ThreadError, TrainingError } from '../errors.ts'
export { imageDataset, take, type ImageArrays, type ImageDataset } from '../data/dataset.ts'
export { imageGrid, type GridOptions, type Pixels } from '../formats/grid.ts'
export { interpolate, type InterpolateOptions } from '../models/interpolate.ts'
export type { ModelDefinition } from '../models/definition.ts'
export { Runtime, type Precision, type RuntimeOptions } from '../runtime/runtime.ts'
export type { CoreSource } from '../runtime/core_source.ts'
export type { Feature } from '../runtime/feature.ts'
export { features, type Features } from '../runtime/features.ts'
export type { Session } from '../runtime/session.ts'
export { Model } from '../train/model.ts'
export type { State } from '../train/state.ts'
export type { Progress, TrainOptions } from '../train/train.ts'

export interface SlimRuntimeOptions extends RuntimeOptions {
  /** The core: a compiled module, its bytes, an address, the answer of a `fetch`, or a promise of one of these. */
  core: CoreSource | PromiseLike<CoreSource>
}

/**
 * Loads the core that is given.
 * @throws TypeError where no core is given, or an option has a wrong type
 * @throws RangeError for options that are unknown or out of range
 * @throws GanglionError where threads (by number) or relaxed precision are asked for and not available, or the core cannot
 * be fetched or used
 * @example
 * const runtime = await createRuntime({ core: new URL('./ganglion.wasm', import.meta.url) })
 */
export async function createRuntime(options: SlimRuntimeOptions): Promise<Runtime> {
  const { core, ...rest } = options ?? {}
  return Runtime.create(rest, async () => {
    if (core) return moduleOf(core)
    throw new TypeError("createRuntime: 'ganglion/slim' has no core inside; " +
      "give one, { core: new URL('…/ganglion.wasm') } say, or import 'ganglion'")
  })
}
