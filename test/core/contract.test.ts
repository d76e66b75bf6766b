// The built core is what DESIGN.md promises: it imports nothing, it has no instruction whose result an engine may choose,
// and its exports are the kernels of the contract (src/graph/contract.generated.ts), whose calls name their fields.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import binaryen from 'binaryen'
import {
  adam_step, add_f32, combine2d_f32, conv2d_f32, fill_f32, GEMM_HEADER, KERNELS, MC, MR, NR, peak_f32,
} from '../../src/graph/contract.generated.ts'
import { call, encode, fieldsOf, type KernelCall } from '../../src/graph/kernel_call.ts'
import { runtime } from '../harness.ts'

const root = new URL('../../', import.meta.url)
const wasm = readFileSync(new URL('build/ganglion.wasm', root))
const module = new WebAssembly.Module(wasm)
const exports = WebAssembly.Module.exports(module)
const functions = exports.filter((e) => e.kind === 'function').map((e) => e.name)

/** What the host calls besides the tape's kernels. */
const ENTRIES = ['allFinite', 'heapBase', 'run', 'runOp']

const kernels = Object.keys(KERNELS)

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
  it('exports the kernels of the contract, its entries and nothing else', () => {
    expect([...functions].sort()).toEqual([...kernels, ...ENTRIES].sort())
    const others = exports.filter((e) => e.kind !== 'function').map((e) => `${e.kind} ${e.name}`)
    expect(others.sort()).toEqual(['memory memory', 'table table'])
  })
  it('has every kernel in the function table', () => {
    const instance = new WebAssembly.Instance(module, {}).exports as unknown as Record<string, unknown>
    const slots = instance.table as WebAssembly.Table
    const table = new Set(Array.from({ length: slots.length }, (_, i) => slots.get(i) as unknown))
    expect(kernels.filter((name) => !table.has(instance[name]))).toEqual([])
  })
  it('gives every kernel the same type: arguments, part, parts', () => {
    const instance = new WebAssembly.Instance(module, {}).exports as unknown as Record<string, { length: number }>
    expect(kernels.filter((name) => instance[name]!.length !== 3)).toEqual([])
  })
  it('fits the row addresses and the tile of a product before its block', () => {
    // MC addresses, MR more and a tile of MR × NR floats, 128 bytes for packers (assembly/lib/gemm/scratch.ts)
    expect(4 * (MC + MR + MR * NR) + 128).toBeLessThanOrEqual(GEMM_HEADER)
  })
})

describe('the words of a call', () => {
  const words = (made: KernelCall, tables: (readonly number[])[] = []): number[] => {
    const list: number[] = []
    encode(made, (word) => list.push(word), (_, words) => 1000 * tables.push(words()))
    return list
  }
  const ONE = 0x3f800000
  it('are its fields in the order of the core, floats and doubles as their bits', () => {
    expect(words(call(fill_f32, { value: 1, n: 7, y: 64 }))).toEqual([64, 7, ONE])
    expect(words(call(adam_step, { state: 64, epsilonHat: 1, weightDecay: 2, beta1: 1, beta2: 0 })))
      .toEqual([64, 1, 0, 0x3ff00000, 0, 0, 0, 0x40000000])
  })
  it('have lists one after another', () => {
    const sides = { stridesA: [5, 6, 7, 8], stridesB: [9, 10, 11, 12] } as const
    expect(words(call(add_f32, { a: 64, b: 128, y: 192, dimensions: [1, 2, 3, 4], ...sides })))
      .toEqual([64, 128, 192, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(words(call(peak_f32, { y: 64, rounds: 2, a: 0, b: 0, start: [1, 0, 0, 0, 0, 0, 0, 1] })))
      .toEqual([64, 2, 0, 0, ONE, 0, 0, 0, 0, 0, 0, ONE])
  })
  it('have records after the fields', () => {
    const { layouts } = conv2d_f32
    expect(layouts.join()).not.toContain('#')
    const numbered = (layout: string) => Object.fromEntries(fieldsOf(layout).map(([name], i) => [name, i])) as object
    const [fields, record] = layouts.map(numbered)
    const made = words({ kernel: conv2d_f32, args: { ...fields, records: [record, record] }, options: {} })
    const [n, m] = layouts.map((layout) => layout.split(' ').length) as [number, number]
    expect(made).toHaveLength(n + 2 * m)
    expect(made.slice(n, n + m)).toEqual(made.slice(n + m))
  })
  it('have a table where the core has one: records, and those of a record after its own', () => {
    const fields = { x: 1, y: 2, images: 3, imageX: 4, imageY: 5, run: 6, rows: 1, columns: 1, rowWords: 6 }
    const line = { place: 40, terms: 2, records: [{ place: 50, weight: 1 }, { place: 60, weight: 0 }] }
    const records = [line, { place: 70, terms: 0, records: [] }]
    const tables: (readonly number[])[] = []
    expect(words(call(combine2d_f32, { ...fields, bias: 0, activation: 0, alpha: 0, records }), tables))
      .toEqual([1, 2, 3, 4, 5, 6, 1, 1, 6, 0, 0, 0, 1000])
    expect(tables).toEqual([[40, 2, 50, ONE, 60, 0, 70, 0]])
  })
})
