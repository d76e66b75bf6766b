// What users see as `ganglion/verify`: an entry of its own, so that the default one stays small.
import { createRuntime } from '../runtime/create_runtime.ts'
import { verifier } from './verify.ts'

export * from './entry.ts'

/**
 * Runs the recipes and compares their digests with the golden ones, in seconds. Digests of the relaxed core differ between
 * machines: they are computed and not compared.
 * @throws RangeError where `recipes` names none; TypeError where a runtime is given together with options for one
 * @throws GanglionError where threads or relaxed precision are asked for and not available
 * @example
 * const report = await verify({ recipes: ['op'] })
 */
export const verify = verifier(createRuntime)
