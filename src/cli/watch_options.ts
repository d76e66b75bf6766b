// The option of `watch`, and of `train --watch`.
import { integer } from './options.ts'

export const PORT = {
  value: 'N', help: 'the port at which the page is', read: integer(0, 65535), initial: 'one that is free',
} as const
