// The raw core in Node, Deno or Bun, through AssemblyScript's loader: one kernel, called by hand. A kernel takes the address of
// its arguments (of tanh: where x and y lie, and how many numbers there are), and which part of how many it is to do.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { instantiate } from '@assemblyscript/loader'

const file = createRequire(import.meta.url).resolve('ganglion/ganglion.wasm')
const { exports } = await instantiate(await readFile(file))

const values = [-1, 0, 0.5, 2]
const n = values.length
// Memory is free from here on.
const x = exports.heapBase()
const y = x + 4 * n
const args = y + 4 * n

new Float32Array(exports.memory.buffer, x, n).set(values)
new Uint32Array(exports.memory.buffer, args, 3).set([x, y, n])
exports.tanh_f32(args, 0, 1)

console.log(JSON.stringify(Array.from(new Float32Array(exports.memory.buffer, y, n))))
