// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for. They are inlined as base64 of raw deflate (tools/cores.mjs).
import { GanglionError } from '../errors.ts'
import { core as deterministic } from './core.generated.ts'
import type { Precision } from './runtime.ts'
import { inflate } from './inflate.ts'

export type { Precision }

/**
 * The wasm binary for a precision, with a memory of its own or for a shared one, for vectors of 128 bits or of 256.
 * @throws GanglionError where it cannot be unpacked here, or this build left it out
 */
export async function coreBytes(precision: Precision, shared: boolean, wide = false): Promise<Uint8Array<ArrayBuffer>> {
  const name = [precision === 'relaxed' && 'relaxed', wide && 'wide', shared && 'threads'].filter(Boolean).join('-')
  if (!name) return inflate(deterministic)
  // eslint-disable-next-line no-restricted-syntax -- another core, before there is a session
  const { optionalCores } = await import('./optional_cores.ts')
  const { core } = await optionalCores[name as keyof typeof optionalCores]()
  if (!core) {
    throw new GanglionError(
      `this build has no core '${name}'; build it with "npm run build ${name}", or all of them with "npm run build all"`,
    )
  }
  return inflate(core)
}
