// What a page or a Web Worker is asked for, and its answer: a report or a speed, or the error.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { speed, tryOut } from './program.js'

export async function answer(options) {
  try {
    return options.what === 'speed' ? { speed: await speed(ganglion, options.seconds) } : await tryOut(ganglion, options)
  } catch (error) {
    return { error: String(error.stack ?? error) }
  }
}
