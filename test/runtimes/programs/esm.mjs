// In a process, as a module: Node, Deno, Bun.
import { readFileSync } from 'node:fs'
import * as ganglion from 'ganglion'
import { verify } from 'ganglion/verify'
import { ask } from './ask.js'

const bench = () => import('ganglion/bench')
console.log(JSON.stringify(await ask({ ...ganglion, verify, bench }, JSON.parse(readFileSync('question.json', 'utf8')))))
