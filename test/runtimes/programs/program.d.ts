// Types of what tests and `npm run golden` take of program.js.
import type * as Ganglion from '../../../src/entries/index.ts'

export function trained(ganglion: typeof Ganglion, options?: object): Promise<{ threads: number; digest: string }>
