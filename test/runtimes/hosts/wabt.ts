// wabt's interpreter, driven by a program of our own (wabt.cc): Debian's package wabt has its library and headers.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { coreBytes } from '../../../src/runtime/cores.ts'
import { absent, type Called, type Host } from './host.ts'

const execute = promisify(execFile)
const name = "wabt's interpreter"
const HEADER = '/usr/include/wabt/interp/interp.h'

async function whyNot(): Promise<string | null> {
  if (!existsSync(HEADER)) return "wabt's headers are not installed (Debian's package wabt)"
  return execute('g++', ['--version']).then(() => null, () => 'there is no g++')
}

/** Compiles the program once, into a folder that `close` removes. */
export async function wabt(): Promise<Host> {
  const missing = await whyNot()
  if (missing) return absent(name, missing)
  const folder = await mkdtemp(join(tmpdir(), 'ganglion-wabt-'))
  const path = (file: string) => join(folder, file)
  const [program, core, module, image, output] = ['wabt', 'core.wasm', 'module.wasm', 'image', 'output'].map(path) as
    [string, string, string, string, string]
  await execute('g++', ['-std=c++17', '-O2', join(import.meta.dirname, 'wabt.cc'), '-o', program, '-lwabt', '-lcrypto'])
  await writeFile(core, await coreBytes('deterministic', false))
  async function call(file: string, image: string, name: string, args: readonly number[]): Promise<Called> {
    const { stdout } = await execute(program, [file, image, output, name, ...args.map(String)])
    return { result: Number(stdout), memory: Uint8Array.from(await readFile(output)).buffer }
  }
  return {
    name,
    missing: null,
    async run({ memory, tape, steps }) {
      await writeFile(image, memory)
      const called = await call(core, image, 'run', [tape, steps])
      if (called.result !== steps) throw new Error(`${called.result} steps of ${steps} ended well`)
      return called.memory
    },
    async call(bytes, name, args) {
      await writeFile(module, bytes)
      return call(module, '-', name, args)
    },
    close: () => rm(folder, { recursive: true }),
  }
}
