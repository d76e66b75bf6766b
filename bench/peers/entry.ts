// One of those who take part, and where their things lie.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Entry {
  readonly name: string
  readonly threads: number
  /** The command that starts it; a sentence where it is not installed. */
  readonly command: readonly string[] | string
  /** What is set for it, and unset where there is no value. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** In whose page it runs; none where it is a process of its own. */
  readonly browser?: string
}

export const FOLDER = 'bench/peers'
export const BUILT = join(FOLDER, 'build')

export const count = (threads: number): string => `${threads} thread${threads > 1 ? 's' : ''}`

/** The command of who needs a package of this folder ('' for none); what to do where it is not there. */
export const needing = (name: string, command: readonly string[]): readonly string[] | string =>
  existsSync(join(FOLDER, 'node_modules', name)) || !name ? command : `not installed: npm ci --prefix ${FOLDER}`
