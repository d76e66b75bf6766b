// A page's or a Web Worker's answer, or the error.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { verify } from './node_modules/ganglion/dist/verify/index.js'
import { ask } from './ask.js'

export const answer = (question) =>
  ask({ ...ganglion, verify }, question).catch((error) => ({ error: String(error.stack ?? error) }))
