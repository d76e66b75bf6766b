// A page's or a Web Worker's answer, or the error.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { verify } from './node_modules/ganglion/dist/verify/index.js'
import { ask } from './ask.js'

const bench = () => import('./node_modules/ganglion/dist/bench/index.js')
const pictures = () => import('./node_modules/ganglion/dist/pictures/index.js')

async function modules() {
  const names = Object.keys(await (await fetch('standalone/drawn.json')).json())
  const bytes = async (name) => (await fetch(`standalone/${name}`)).arrayBuffer()
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bytes(name)])))
}

export const answer = (question) =>
  ask({ ...ganglion, verify, bench, modules, pictures }, question).catch((error) => ({ error: String(error.stack ?? error) }))
