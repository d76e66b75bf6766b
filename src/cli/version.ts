// This package's version, and the hash of its core, which say what made a run.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { core } from '../runtime/core.generated.ts'

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

/** SHA-256 of the wasm core. */
export const coreHash = (): string => createHash('sha256').update(Buffer.from(core, 'base64')).digest('hex')
