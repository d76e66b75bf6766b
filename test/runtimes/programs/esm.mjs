// The program as a module, in a process: Node, Deno, Bun.
import * as ganglion from 'ganglion'
import { tryOut } from './program.js'

console.log(JSON.stringify(await tryOut(ganglion, JSON.parse(process.argv[2] ?? '{}'))))
