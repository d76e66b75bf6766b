// In a process, as a module: Node, Deno, Bun.
import { readdirSync, readFileSync } from 'node:fs'
import * as ganglion from 'ganglion'
import { verify } from 'ganglion/verify'
import { ask } from './ask.js'

const bench = () => import('ganglion/bench')
const pictures = () => import('ganglion/pictures')
const node = () => import('ganglion/node')
const modules = () => Object.fromEntries(readdirSync('standalone').filter((name) => name.endsWith('.wasm'))
  .map((name) => [name, readFileSync(`standalone/${name}`)]))
const all = { ...ganglion, verify, bench, modules, pictures, node }
console.log(JSON.stringify(await ask(all, JSON.parse(readFileSync('question.json', 'utf8')))))
