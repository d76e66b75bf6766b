// Types of what `npm run golden` takes of moves.js.
import type * as Ganglion from '../../../src/entries/index.ts'

export function stay(ganglion: typeof Ganglion): Promise<string>
