// The program in a Web Worker that a bundler made. No top-level await: Vite makes a worker a plain script unless told otherwise.
import * as ganglion from 'ganglion'
import { tryOut } from '../program.js'

void tryOut(ganglion, { most: 2 })
  .catch((error) => ({ error: String(error.stack ?? error) }))
  .then((report) => globalThis.postMessage(report))
