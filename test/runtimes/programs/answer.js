// A page's or a Web Worker's answer, or the error.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { verify } from './node_modules/ganglion/dist/verify/index.js'
import { ask } from './ask.js'

const bench = () => import('./node_modules/ganglion/dist/bench/index.js')

export const answer = (question) =>
  ask({ ...ganglion, verify, bench }, question).catch((error) => ({ error: String(error.stack ?? error) }))
