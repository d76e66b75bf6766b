// An exported generator in Wasmtime, inside of wizer: wizer instantiates a module in Wasmtime, calls its function `init`, and
// writes a module whose data is the memory as `init` left it. Here `init` draws four pictures, so they are in what comes out.
//   ganglion export runs/vae --format wasm --out generator.wasm
//   node wasmtime.mjs path/to/wizer
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import binaryen from 'binaryen'

const count = 4
const module = binaryen.readBinary(await readFile('generator.wasm'))
module.setFeatures(binaryen.Features.All)
const { i32 } = module
const generate = binaryen.getExportInfo(module.getExport('generate')).value
const address = module.call(generate, [i32.const(1), i32.const(0), i32.const(count)], binaryen.i32)
// Nothing lies at the address 0.
module.addFunction('init', binaryen.none, binaryen.none, [], i32.store(0, 4, i32.const(0), address))
module.addFunctionExport('init', 'init')
await writeFile('drawing.wasm', module.emitBinary())

execFileSync(process.argv[2], ['drawing.wasm', '-o', 'drawn.wasm', '--init-func', 'init'])

// Nothing is computed here: the pictures are data.
const { instance: { exports } } = await WebAssembly.instantiate(await readFile('drawn.wasm'))
const text = new Uint8Array(exports.memory.buffer, exports.info())
const { imageShape } = JSON.parse(new TextDecoder().decode(text.slice(0, text.indexOf(0))))
const [at] = new Uint32Array(exports.memory.buffer, 0, 1)
const pictures = new Float32Array(exports.memory.buffer, at, imageShape.reduce((n, d) => n * d, count))
console.log(JSON.stringify({ pictures: Array.from(pictures) }))
