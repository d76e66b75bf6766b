// This package's version, and the hash of its core, which say what made a run.
import { sha256 } from '../formats/sha256.ts'
import { coreBytes, type Precision } from '../runtime/cores.ts'
import { version as packageVersion } from '../version.generated.ts'

export const version = (): string => packageVersion

/** SHA-256 of a wasm core. */
export const coreHash = async (precision: Precision, shared: boolean, wide: boolean): Promise<string> =>
  sha256([await coreBytes(precision, shared, wide)])
