// An exported generator in Node, Deno or Bun, through AssemblyScript's loader:
//   ganglion export runs/vae --format wasm --out generator.wasm
//   node generator.mjs
import { readFile } from 'node:fs/promises'
import { instantiate } from '@assemblyscript/loader'

const { exports } = await instantiate(await readFile('generator.wasm'))

/** What lies at an address, until the next call. */
const floats = (address, length) => new Float32Array(exports.memory.buffer, address, length)

const text = new Uint8Array(exports.memory.buffer, exports.info())
const info = JSON.parse(new TextDecoder().decode(text.slice(0, text.indexOf(0))))
const [height, width, channels] = info.imageShape

// Four pictures from the seed 1: its low and high 32 bits.
const count = 4
const pictures = floats(exports.generate(1, 0, count), count * height * width * channels).slice()

// The same by way of their codes: what a function returned can be given to another.
const codes = exports.codes(1, 0, count)
const decoded = floats(exports.decode(codes, count), pictures.length).slice()

console.log(JSON.stringify({ kind: info.kind, pictures: Array.from(pictures), same: decoded.every((x, i) => x === pictures[i]) }))
