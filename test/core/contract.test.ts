// The built core is what DESIGN.md promises: it imports nothing, it has no instruction whose result an engine may choose,
// and its exports are its kernels, each of them once.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import binaryen from 'binaryen'
import { runtime } from '../harness.ts'

const root = new URL('../../', import.meta.url)
const wasm = readFileSync(new URL('build/ganglion.wasm', root))
const module = new WebAssembly.Module(wasm)
const exports = WebAssembly.Module.exports(module)
const functions = exports.filter((e) => e.kind === 'function').map((e) => e.name)

/** What the host calls besides the tape's kernels. */
const ENTRIES = ['heapBase', 'run', 'runOp']

/** The kernels that each file declares. */
const files = readdirSync(new URL('assembly/kernels/', root)).filter((f) => f.endsWith('.ts'))
const declared = files.flatMap((file) => {
  const text = readFileSync(new URL(`assembly/kernels/${file}`, root)).toString()
  const exported = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name!)
  const registered = [...text.matchAll(/^register<[\w, ]+>\((\w+)\)$/gm)].map(([, name]) => name!)
  return exported.map((name) => ({ file, name, registered: registered.includes(name) }))
})

function textOf(bytes: Uint8Array): string {
  const parsed = binaryen.readBinary(bytes)
  try {
    return parsed.emitText()
  } finally {
    parsed.dispose()
  }
}

describe('the core', () => {
  it('is the one that the package carries', () => {
    expect(WebAssembly.Module.exports(runtime.module)).toEqual(exports)
  })
  it('imports nothing', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([])
  })
  it.each(['ganglion', 'ganglion-wide'])('has SIMD, and no relaxed instruction: %s', (name) => {
    const text = textOf(readFileSync(new URL(`build/${name}.wasm`, root)))
    expect(text).toMatch(/\bf32x4\.mul\b/)
    expect([...new Set(text.match(/[\w.]*relaxed\w*/g))]).toEqual([])
  })
  // asc writes an object for each registered kernel; nobody reads them.
  it('reads none of its data: no address below its heap is named', () => {
    const text = textOf(wasm)
    expect(text).not.toMatch(/\(i32\.load[^(]*\(i32\.const/)
  })
  it('exports its kernels, its entries and nothing else', () => {
    expect([...functions].sort()).toEqual([...declared.map((d) => d.name), ...ENTRIES].sort())
    const others = exports.filter((e) => e.kind !== 'function').map((e) => `${e.kind} ${e.name}`)
    expect(others.sort()).toEqual(['memory memory', 'table table'])
  })
  it('declares each kernel in one file: asc takes the last of two without a word', () => {
    const twice = declared.filter((d, i) => declared.findIndex((e) => e.name === d.name) !== i)
    expect(twice).toEqual([])
    expect(declared.filter((d) => ENTRIES.includes(d.name))).toEqual([])
  })
  it('has every kernel in the function table', () => {
    expect(declared.filter((d) => !d.registered)).toEqual([])
    const instance = new WebAssembly.Instance(module, {}).exports as unknown as Record<string, unknown>
    const slots = instance.table as WebAssembly.Table
    const table = new Set(Array.from({ length: slots.length }, (_, i) => slots.get(i) as unknown))
    expect(declared.filter((d) => !table.has(instance[d.name])).map((d) => d.name)).toEqual([])
  })
  it('gives every kernel the same type: arguments, part, parts', () => {
    const instance = new WebAssembly.Instance(module, {}).exports as unknown as Record<string, { length: number }>
    expect(declared.filter((d) => instance[d.name]!.length !== 3).map((d) => d.name)).toEqual([])
  })
})

describe('sizes that the host and the core both know', () => {
  const constants = (path: string) => {
    const text = readFileSync(new URL(path, root)).toString()
    return new Map(
      [...text.matchAll(/^(?:export )?const (\w+)(?:: \w+)? = (\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]),
    )
  }
  const gemm = 'assembly/lib/gemm'
  it.each([
    ['MC', 'src/ops/lowering/gemm.ts', 'MC', `${gemm}/sizes.ts`],
    ['KC', 'src/ops/lowering/gemm.ts', 'KC', `${gemm}/sizes.ts`],
    ['BLOCK', 'src/ops/lowering/gemm.ts', 'GEMM_HEADER', `${gemm}/sizes.ts`],
    ['PANEL', 'src/ops/lowering/gemm.ts', 'NR', `${gemm}/sizes.ts`],
    ['TOGETHER', 'src/ops/lowering/gemm.ts', 'NC', `${gemm}/sizes.ts`],
    ['BY_COLUMNS', 'src/ops/lowering/gemm.ts', 'BY_COLUMNS', `${gemm}/sizes.ts`],
    ['TALL', 'src/ops/lowering/gemm.ts', 'TALL', `${gemm}/sizes.ts`],
    ['HEAD', 'src/ops/lowering/conv_lowering.ts', 'CONV_HEADER', 'assembly/lib/conv/scratch.ts'],
  ])('%s of %s is %s of %s', (ours, host, theirs, core) => {
    const value = constants(host).get(ours)
    expect(value).toBeGreaterThan(0)
    expect(constants(core).get(theirs)).toBe(value)
  })
  it('fits the row addresses and the tile of a product before its block', () => {
    const { MC, BLOCK } = Object.fromEntries(constants('src/ops/lowering/gemm.ts')) as { MC: number, BLOCK: number }
    const { MR, NR } = Object.fromEntries(constants(`${gemm}/sizes.ts`)) as { MR: number, NR: number }
    // MC addresses, MR more and a tile of MR × NR floats, 128 bytes for packers (assembly/lib/gemm/scratch.ts)
    expect(4 * (MC + MR + MR * NR) + 128).toBeLessThanOrEqual(BLOCK)
  })
})
