// The raw core in Wasmtime, inside of wizer (see wasmtime.mjs): a function `init` is added to it, which writes the numbers and
// the arguments of tanh behind what the core holds, and calls its kernel; so the results are data of what comes out.
//   node core_wasmtime.mjs path/to/wizer
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import binaryen from 'binaryen'

const values = [-1, 0, 0.5, 2]
const n = values.length
const core = createRequire(import.meta.url).resolve('ganglion/ganglion.wasm')
const module = binaryen.readBinary(await readFile(core))
module.setFeatures(binaryen.Features.All)

const { i32, f32, local } = module
const call = (name, ...args) => module.call(binaryen.getExportInfo(module.getExport(name)).value, args,
  name === 'heapBase' ? binaryen.i32 : binaryen.none)
const base = () => local.get(0, binaryen.i32)
const [x, y, args] = [0, 4 * n, 8 * n]
module.addFunction('init', binaryen.none, binaryen.none, [binaryen.i32], module.block(null, [
  local.set(0, call('heapBase')),
  ...values.map((value, i) => f32.store(x + 4 * i, 4, base(), f32.const(value))),
  i32.store(args, 4, base(), i32.add(base(), i32.const(x))),
  i32.store(args + 4, 4, base(), i32.add(base(), i32.const(y))),
  i32.store(args + 8, 4, base(), i32.const(n)),
  call('tanh_f32', i32.add(base(), i32.const(args)), i32.const(0), i32.const(1)),
]))
module.addFunctionExport('init', 'init')
await writeFile('computing.wasm', module.emitBinary())

execFileSync(process.argv[2], ['computing.wasm', '-o', 'computed.wasm', '--init-func', 'init'])

// Nothing is computed here: the results are data.
const { instance: { exports } } = await WebAssembly.instantiate(await readFile('computed.wasm'))
console.log(JSON.stringify(Array.from(new Float32Array(exports.memory.buffer, exports.heapBase() + y, n))))
