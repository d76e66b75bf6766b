// The rule against host functions whose result engines may choose, as eslint.config.js sets it, on each kind of slip.
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'
import tseslint from 'typescript-eslint'

const RULE = 'ganglion/determinism'
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // The snippets are no files of the project, so there are no types; the rule does not ask for them.
  overrideConfig: [tseslint.configs.disableTypeChecked],
  ruleFilter: ({ ruleId }) => ruleId === RULE,
})

/** What the rule says about `code` in the file `path`. */
async function lint(code: string, path: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path })
  return result!.messages.map(({ ruleId, message }) => {
    if (ruleId !== RULE) throw new Error(`${path}: ${message}`)
    return message
  })
}

const MATH = [
  'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2',
  'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'cbrt', 'hypot', 'random', 'sumPrecise',
]
const forbidden: [string, RegExp][] = [
  ...MATH.map((name): [string, RegExp] => [`export const y = Math.${name}(1, 2)`, new RegExp(`^Math\\.${name} differs`)]),
  ['export const f = Math.exp', /Math\.exp/],
  ["export const y = Math['exp'](1)", /Math\.exp/],
  ['export const y = Math[`exp`](1)', /Math\.exp/],
  ['export const y = Math?.exp(1)', /Math\.exp/],
  ['export const y = (Math as { exp(x: number): number }).exp(1)', /Math\.exp/],
  ['export const y = globalThis.Math.exp(1)', /Math\.exp/],
  ["export const y = globalThis['Math'].exp(1)", /Math\.exp/],
  ['export const f = (name: "sqrt" | "exp") => Math[name](1)', /Math\[…\]/],
  ['const m = Math\nexport const y = m.exp(1)', /passed on/],
  ['const { exp } = Math\nexport const y = exp(1)', /passed on/],
  ['const { Math: m } = globalThis\nexport const y = m.exp(1)', /passed on/],
  ['const g = globalThis\nexport const y = g.Math.exp(1)', /passed on/],
  ['export const f = (name: string) => (globalThis as Record<string, unknown>)[name]', /passed on/],
  ['export const all = [1, 2].map(Reflect.get(Math, "exp"))', /passed on/],
  ['export const y = (x: number) => x ** 2', /\*\* differs/],
  ['export let y = 2\ny **= 2', /\*\*= differs/],
  ['export const now = Date.now()', /Date/],
  ['export const now = new Date()', /Date/],
  ['export const D = globalThis.Date', /Date/],
  ['export const now = performance.now()', /clock/],
  ['export const now = globalThis.performance.now()', /clock/],
  ['export const seed = crypto.getRandomValues(new Uint32Array(1))', /Philox/],
  ['export const c = crypto', /Philox/],
  ["import { readFileSync } from 'node:fs'\nexport { readFileSync }", /only in Node/],
  ["import type { Stats } from 'node:fs'\nexport type S = Stats", /only in Node/],
  ["export type S = import('node:fs').Stats", /only in Node/],
  ["import fs from 'fs'\nexport { fs }", /only in Node/],
  ["export * from 'node:path'", /only in Node/],
  ["export { readFile } from 'fs/promises'", /only in Node/],
  ["export const fs = import('node:fs')", /only in Node/],
  ["export const fs = import('fs')", /only in Node/],
  ["export { encodePng } from '../node/png.ts'", /only in Node/],
  ['export const b = Buffer.from([1])', /only in Node/],
  ['export const b = globalThis.Buffer', /only in Node/],
  ['export const e = process.env', /only in Node/],
  ['export const m = globalThis.process?.memoryUsage()', /only in Node/],
  ['export const d = __dirname', /only in Node/],
]
test.each(forbidden)('forbidden: %s', async (code, message) => {
  expect(await lint(code, 'src/graph/snippet.ts')).toEqual([expect.stringMatching(message)])
})

const exact = [
  'export const y = Math.sqrt(2) + Math.fround(0.1) + Math.imul(3, 4) + Math.max(1, 2) + Math.floor(1.5)',
  'export const t = 2 * Math.PI',
  'export interface Buffer { readonly bytes: number }\nexport const b: Buffer = { bytes: 1 }',
  'export const f = (process: () => number) => process()',
  'export const y = { exp: (x: number) => x, Math: 1 }.exp(1)',
  "export const d = crypto.subtle.digest('SHA-256', new Uint8Array(1))",
  "export const shared = typeof globalThis === 'object' && 'SharedArrayBuffer' in globalThis",
  'export const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated',
  "export { adam } from '../nn/optimizers.ts'",
]
test.each(exact)('allowed: %s', async (code) => {
  expect(await lint(code, 'src/graph/snippet.ts')).toEqual([])
})

test.each(['src/entries/index.ts', 'src/ops/deep/er.ts', 'src/train/snippet.ts', 'src/nodes.ts'])('holds in %s', async (path) => {
  expect(await lint('export const y = Math.exp(1)', path)).toHaveLength(1)
})

test.each(['src/node/snippet.ts', 'src/cli/commands/snippet.ts', 'test/snippet.ts', 'bench/snippet.ts'])('does not hold in %s',
  async (path) => {
    expect(await lint("import 'node:fs'\nexport const y = Math.exp(Date.now()) ** 2", path)).toEqual([])
  })

test('performance.now paces training, and nothing else of performance', async () => {
  expect(await lint('export const t = performance.now()', 'src/train/snippet.ts')).toEqual([])
  expect(await lint('export const t = performance.timeOrigin', 'src/train/snippet.ts')).toHaveLength(1)
  expect(await lint('export const p = performance', 'src/train/snippet.ts')).toHaveLength(1)
})

test('AssemblyScript is read, and held to the same', async () => {
  const kernel = (body: string): string => [
    '@unmanaged class A { @inline f(x: v128): v128 { return x } }',
    `@inline\nfunction g(x: f64): f64 { ${body} }`,
    'export const a = <f32>g(1)',
  ].join('\n')
  expect(await lint(kernel('return f64.sqrt(x)'), 'assembly/kernels/snippet.ts')).toEqual([])
  for (const math of ['Math', 'Mathf', 'NativeMath', 'NativeMathf']) {
    expect(await lint(kernel(`return ${math}.exp(x)`), 'assembly/kernels/snippet.ts')).toEqual([expect.stringMatching(math)])
  }
  expect(await lint(kernel('return x ** 2'), 'assembly/lib/snippet.ts')).toHaveLength(1)
})
