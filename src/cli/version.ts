// This package's version, and the hash of its core, which say what made a run.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { coreBytes, type Precision } from '../runtime/cores.ts'

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

/** SHA-256 of a wasm core. */
export const coreHash = async (precision: Precision, shared: boolean): Promise<string> =>
  createHash('sha256').update(await coreBytes(precision, shared)).digest('hex')
