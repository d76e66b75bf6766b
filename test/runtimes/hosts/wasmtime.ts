// Wasmtime, inside wizer: it instantiates a module, runs its init function, and writes a module whose data segments are the
// memory as the function left it. So the core gets an image as its data, and an init function that runs the tape.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { coreBytes } from '../../../src/runtime/cores.ts'
import { absent, type Host } from './host.ts'
import type { Image } from './image.ts'

type Binaryen = typeof import('binaryen').default

const PAGE = 65536
const name = 'Wasmtime'

export async function wasmtime(): Promise<Host> {
  const packages = createRequire(import.meta.url)
  const needed = ['binaryen', '@bytecodealliance/wizer-linux-x64/package.json']
  const loaded = await Promise.all(needed.map((id) => resolve(packages, id)))
  if (loaded.includes(null)) {
    const missing = 'wizer and binaryen are not installed; npm ci --prefix test/runtimes'
    return absent(name, missing)
  }
  const { default: binaryen } = await import('binaryen')
  const wizer = join(loaded[1]!, '../wizer')
  const core = await coreBytes('deterministic', false)
  const folder = await mkdtemp(join(tmpdir(), 'ganglion-wasmtime-'))
  const [input, output] = ['input.wasm', 'output.wasm'].map((file) => join(folder, file)) as [string, string]
  /** The memory as the function `init` of a module left it. */
  async function initialised(module: Uint8Array): Promise<ArrayBuffer> {
    await writeFile(input, module)
    await promisify(execFile)(wizer, [input, '-o', output, '--init-func', 'init'])
    // Nothing runs here: the data segments become a memory.
    const { instance } = await WebAssembly.instantiate(await readFile(output))
    return (instance.exports['memory'] as WebAssembly.Memory).buffer
  }
  return {
    name,
    missing: null,
    async run(image) {
      const memory = await initialised(withImage(binaryen, core, image))
      const [done] = new Int32Array(memory, image.memory.length, 1)
      if (done !== image.steps) throw new Error(`${done} steps of ${image.steps} ended well`)
      return memory
    },
    async call(module, name, args) {
      const memory = await initialised(withCall(binaryen, module, name, args))
      return { memory, result: new Uint32Array(memory, 0, 1)[0]! }
    },
    close: () => rm(folder, { recursive: true }),
  }
}

const resolve = async (packages: NodeJS.Require, id: string): Promise<string | null> => {
  try {
    return packages.resolve(id)
  } catch {
    return null
  }
}

/** The core with an image as its data, and a word more, where `init` stores how many steps of the tape ended well. */
function withImage(binaryen: Binaryen, core: Uint8Array, { tape, steps, memory }: Image): Uint8Array {
  const module = binaryen.readBinary(core)
  module.setFeatures(binaryen.Features.All)
  const { i32 } = module
  const run = binaryen.getExportInfo(module.getExport('run')).value
  const done = module.call(run, [i32.const(tape), i32.const(steps)], binaryen.i32)
  const data = memory.subarray(0, memory.findLastIndex((byte) => byte !== 0) + 1)
  module.removeExport('memory')
  module.setMemory(memory.length / PAGE + 1, -1, 'memory', [{ offset: i32.const(0), data, passive: false }])
  module.addFunction('init', binaryen.none, binaryen.none, [], i32.store(0, 4, i32.const(memory.length), done))
  module.addFunctionExport('init', 'init')
  const binary = module.emitBinary()
  module.dispose()
  return binary
}

/** A module that imports nothing, and an init function, which stores at address 0, where nothing lies, what a call gives. */
function withCall(binaryen: Binaryen, bytes: Uint8Array, name: string, args: readonly number[]): Uint8Array {
  const module = binaryen.readBinary(bytes)
  module.setFeatures(binaryen.Features.All)
  const { i32 } = module
  const inner = binaryen.getExportInfo(module.getExport(name)).value
  const given = module.call(inner, args.map((x) => i32.const(x)), binaryen.i32)
  module.addFunction('init', binaryen.none, binaryen.none, [], i32.store(0, 4, i32.const(0), given))
  module.addFunctionExport('init', 'init')
  const binary = module.emitBinary()
  module.dispose()
  return binary
}
