// The raw core as a component. Components share no memory, so what one exports takes and gives values: around a kernel come a
// function of them, `tanh: func(x: list<f32>) -> list<f32>`, and `cabi_realloc`, which gives the lists their room. Binaryen adds
// these two, jco wraps the module and makes an ES module of it:
//   node core_component.mjs
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import binaryen from 'binaryen'

const { none, createType, i32: int } = binaryen
const core = createRequire(import.meta.url).resolve('ganglion/ganglion.wasm')
const module = binaryen.readBinary(await readFile(core))
module.setFeatures(binaryen.Features.All)
const { i32, local, global, memory } = module
const inner = (name) => binaryen.getExportInfo(module.getExport(name)).value
const get = (index) => local.get(index, int)
const sum = (a, b) => i32.add(a, i32.const(b))

// Lists lie one after another from where memory is free, until the call is over; memory grows as far as they need.
const top = () => global.get('top', int)
module.addGlobal('top', int, true, i32.const(0))
module.addFunction('cabi_realloc', createType([int, int, int, int]), int, [int], module.block(null, [
  module.if(i32.eqz(top()), global.set('top', module.call(inner('heapBase'), [], int))),
  local.set(4, i32.and(sum(top(), 15), i32.const(-16))),
  global.set('top', i32.add(get(4), get(3))),
  module.if(i32.gt_u(i32.shr_u(sum(top(), 65535), i32.const(16)), memory.size()), module.if(
    i32.eq(memory.grow(i32.sub(i32.shr_u(sum(top(), 65535), i32.const(16)), memory.size())), i32.const(-1)),
    module.unreachable(),
  )),
  get(4),
], int))
module.addFunctionExport('cabi_realloc', 'cabi_realloc')

// x and its length come in; out goes the address of y and its length. tanh's arguments lie before these: x, y, n.
const room = (bytes) => module.call('cabi_realloc', [i32.const(0), i32.const(0), i32.const(4), bytes], int)
module.addFunction('tanh', createType([int, int]), int, [int, int], module.block(null, [
  local.set(2, room(i32.shl(get(1), i32.const(2)))),
  local.set(3, room(i32.const(20))),
  i32.store(0, 4, get(3), get(0)),
  i32.store(4, 4, get(3), get(2)),
  i32.store(8, 4, get(3), get(1)),
  module.call(inner('tanh_f32'), [get(3), i32.const(0), i32.const(1)], none),
  i32.store(12, 4, get(3), get(2)),
  i32.store(16, 4, get(3), get(1)),
  sum(get(3), 12),
], int))
module.addFunction('done', int, none, [], global.set('top', i32.const(0)))

// A component has no other functions.
for (let i = module.getNumExports(); i--;) {
  const { name } = binaryen.getExportInfo(module.getExportByIndex(i))
  if (name !== 'memory' && name !== 'cabi_realloc') module.removeExport(name)
}
module.addFunctionExport('tanh', 'tanh')
module.addFunctionExport('done', 'cabi_post_tanh')
module.runPasses(['remove-unused-module-elements'])

const witSource = 'package ganglion:core;\n\nworld core {\n  export tanh: func(x: list<f32>) -> list<f32>;\n}\n'
const embedded = await componentEmbed({ binary: module.emitBinary(), witSource, world: 'core', stringEncoding: 'utf8' })
const { files } = await transpileBytes(await componentNew(embedded), { name: 'core' })
for (const [name, bytes] of Object.entries(files)) {
  await mkdir(dirname(`core/${name}`), { recursive: true })
  await writeFile(`core/${name}`, bytes)
}

const { tanh } = await import('./core/core.js')
console.log(JSON.stringify(Array.from(tanh(Float32Array.of(-1, 0, 0.5, 2)))))
