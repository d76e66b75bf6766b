// This package's version, and the hash of its core, which say what made a run.
import { createHash } from 'node:crypto'
import { coreBytes, type Precision } from '../runtime/cores.ts'
import { version as packageVersion } from '../version.generated.ts'

export const version = (): string => packageVersion

/** SHA-256 of a wasm core. */
export const coreHash = async (precision: Precision, shared: boolean): Promise<string> =>
  createHash('sha256').update(await coreBytes(precision, shared)).digest('hex')
