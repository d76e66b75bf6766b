// The core's f32x4 functions against f64 references: sweeps over bit patterns, edges, and independence of the lane.
// MATH_STRIDE=1 takes every bit pattern of the hot ranges (minutes).
import asc from 'assemblyscript/asc'
import { beforeAll, describe, expect, test } from 'vitest'

type Map = (x: number, y: number, n: number) => void

const CHUNK = 1 << 16
const X = 65536
const Y = X + 4 * CHUNK
const stride = Number(process.env.MATH_STRIDE ?? 127)

let core: Record<string, unknown> & { memory: WebAssembly.Memory }
let xBits: Uint32Array
let x: Float32Array
let y: Float32Array

beforeAll(async () => {
  let bytes: Uint8Array | undefined
  const build = ['--runtime', 'stub', '--use', 'abort=', '--use', 'WIDE=0', '-O3', '--noAssert', '--enable', 'simd']
  const flags = [...build, '--outFile', 'probe.wasm']
  const { error, stderr } = await asc.main(['test/core/math.probe.ts', ...flags], {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) bytes = contents as Uint8Array
    },
  })
  if (error || !bytes) throw new Error(`asc failed: ${stderr.toString()}`)
  const { instance } = await WebAssembly.instantiate(bytes as Uint8Array<ArrayBuffer>)
  core = instance.exports as typeof core
  core.memory.grow(16)
  xBits = new Uint32Array(core.memory.buffer, X, CHUNK)
  x = new Float32Array(core.memory.buffer, X, CHUNK)
  y = new Float32Array(core.memory.buffer, Y, CHUNK)
})

/** 2/√π · e^−x² · Σ 2^n x^(2n+1) / (1·3·…·(2n+1)): every term positive, so nothing cancels. */
function erf(v: number): number {
  if (Number.isNaN(v)) return v
  const a = Math.abs(v)
  if (a > 6) return Math.sign(v)
  let sum = v
  for (let n = 1, term = v; Math.abs(term) > Math.abs(sum) * 1e-17; n++) sum += term *= (2 * a * a) / (2 * n + 1)
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum
}

function sigmoid(v: number): number {
  const z = Math.exp(-Math.abs(v))
  return (v < 0 ? z : 1) / (1 + z)
}

const float = new Float32Array(1)
const floatBits = new Uint32Array(float.buffer)

/** The spacing of floats at `v` rounded to f32, by its exponent field. */
const spacings = Array.from({ length: 256 }, (_, e) => 2 ** (Math.max(1, Math.min(e, 254)) - 150))

/** |got − want| in ulp of the rounded `want`; Inf counts as 2^128. */
function ulps(got: number, want: number): number {
  if (Number.isNaN(want) || Number.isNaN(got)) return Number.isNaN(want) && Number.isNaN(got) ? 0 : Infinity
  if (got === want) return 0
  float[0] = want
  const spacing = spacings[(floatBits[0]! >>> 23) & 255]!
  const w = Math.max(-(2 ** 128), Math.min(2 ** 128, want))
  const g = Math.max(-(2 ** 128), Math.min(2 ** 128, got))
  return Math.abs(g - w) / spacing
}

function bitsOf(v: number): number {
  float[0] = v
  return floatBits[0]!
}

interface Worst {
  ulp: number
  at: number
}

/** Every `step`-th bit pattern from `first` up to `last`. */
function sweep(map: Map, f: (v: number) => number, first: number, last: number, step: number, worst: Worst): number {
  let count = 0
  for (let start = first; start < last; start += CHUNK * step) {
    for (let i = 0; i < CHUNK; i++) xBits[i] = Math.min(start + i * step, last)
    map(X, Y, CHUNK)
    const n = Math.min(CHUNK, Math.ceil((last - start) / step))
    count += n
    for (let i = 0; i < n; i++) {
      const error = ulps(y[i]!, f(x[i]!))
      if (error > worst.ulp) [worst.ulp, worst.at] = [error, x[i]!]
    }
  }
  return count
}

interface Case {
  f: (v: number) => number
  /** The bound of the docstring, in ulp. */
  bound: number
  /** Ranges of x swept more densely; [from, to] of one sign. */
  hot: [number, number][]
  edges: [number, number][]
}

const mirrored = (from: number, to: number): [number, number][] => [[from, to], [-from, -to]]
const tiny = 2 ** -149
const max = Math.fround(3.4028235e38)

const cases: Record<string, Case> = {
  exp: {
    f: Math.exp, bound: 0.91, hot: mirrored(2 ** -12, 104),
    edges: [
      [0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, 0], [88.72284, Infinity], [-104, 0], [max, Infinity], [-max, 0],
      [-103.9, tiny], [tiny, 1], [-tiny, 1],
    ],
  },
  expm1: {
    f: Math.expm1, bound: 1.75, hot: [[2 ** -12, 89], [-(2 ** -12), -18]],
    edges: [[0, 0], [-0, -0], [Infinity, Infinity], [-Infinity, -1], [89, Infinity], [-max, -1], [tiny, tiny], [-tiny, -tiny]],
  },
  log: {
    f: Math.log, bound: 0.9, hot: [[tiny, max]],
    edges: [
      [0, -Infinity], [-0, -Infinity], [1, 0], [Infinity, Infinity], [-tiny, NaN], [-1, NaN], [-Infinity, NaN], [-max, NaN],
    ],
  },
  log1p: {
    f: Math.log1p, bound: 1.5, hot: [[2 ** -12, 1024], [-(2 ** -12), -1]],
    edges: [
      [0, 0], [-0, -0], [-1, -Infinity], [Infinity, Infinity], [-1.0000001, NaN], [-Infinity, NaN],
      [tiny, tiny], [-tiny, -tiny],
    ],
  },
  tanh: {
    f: Math.tanh, bound: 1.4, hot: mirrored(2 ** -12, 10),
    edges: [[0, 0], [-0, -0], [Infinity, 1], [-Infinity, -1], [max, 1], [-max, -1], [tiny, tiny], [-tiny, -tiny]],
  },
  sigmoid: {
    f: sigmoid, bound: 1.9, hot: mirrored(2 ** -12, 104),
    edges: [[0, 0.5], [-0, 0.5], [Infinity, 1], [-Infinity, 0], [-max, 0], [max, 1], [-103.9, tiny]],
  },
  softplus: {
    f: (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))), bound: 1.7, hot: mirrored(2 ** -12, 104),
    edges: [
      [0, Math.fround(Math.LN2)], [-0, Math.fround(Math.LN2)], [Infinity, Infinity], [-Infinity, 0], [-max, 0], [max, max],
      [-100, 27 * tiny],
    ],
  },
  sin: {
    f: Math.sin, bound: 1.6, hot: mirrored(2 ** -12, max),
    edges: [[0, 0], [-0, -0], [Infinity, NaN], [-Infinity, NaN], [tiny, tiny], [-tiny, -tiny]],
  },
  cos: {
    f: Math.cos, bound: 1.6, hot: mirrored(2 ** -12, max),
    edges: [[0, 1], [-0, 1], [Infinity, NaN], [-Infinity, NaN], [tiny, 1], [-tiny, 1]],
  },
  erf: {
    f: erf, bound: 1.2, hot: mirrored(2 ** -12, 4),
    edges: [[0, 0], [-0, -0], [Infinity, 1], [-Infinity, -1], [max, 1], [-max, -1], [tiny, tiny], [-tiny, -tiny]],
  },
}

describe.each(Object.entries(cases))('%s_f32x4', (name, { f, bound, hot, edges }) => {
  const map: Map = (...args) => (core[`map_${name}`] as Map)(...args)

  test(`is within ${bound} ulp of f64`, () => {
    const worst = { ulp: 0, at: 0 }
    let count = sweep(map, f, 0, 2 ** 32, 3581, worst)
    for (const [from, to] of hot) count += sweep(map, f, bitsOf(from), bitsOf(to), stride, worst)
    console.log(`${name}: ${worst.ulp.toFixed(3)} ulp at ${worst.at}, ${count} values`)
    expect(worst.ulp).toBeLessThanOrEqual(bound)
  })

  test('edges', () => {
    edges.forEach(([v], i) => (x[i] = v))
    x[edges.length] = NaN
    map(X, Y, (edges.length + 4) & ~3)
    expect(edges.map(([v], i) => [v, y[i]])).toEqual(edges)
    expect(y[edges.length]).toBeNaN()
  })

  test('does not depend on the lane', () => {
    const yBits = new Uint32Array(core.memory.buffer, Y, CHUNK)
    const n = 4096
    const value = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0
    const expected: number[] = []
    for (let lane = 0; lane < 4; lane++) {
      for (let i = 0; i < n; i++) xBits[i] = value((i - lane + n) % n)
      map(X, Y, n)
      for (let i = 0; i < n; i++) {
        const j = (i + lane) % n
        if (lane === 0) expected[i] = yBits[i]!
        else if (!Number.isNaN(y[j]!) && yBits[j] !== expected[i]) {
          throw new Error(`lane ${j & 3} of ${name}(${x[j]!}) is ${y[j]!}`)
        }
      }
    }
  })
})

test('powi', () => {
  const powi = core['powi'] as (base: number, n: number) => number
  expect([powi(3, 5), powi(-2, 3), powi(0, 0), powi(NaN, 0), powi(0, 7), powi(0.5, 1074), powi(2, 2 ** 31)])
    .toEqual([243, -8, 1, 1, 0, 2 ** -1074, Infinity])
  for (const [base, n] of [[0.9, 1000], [0.999, 100_000], [1.0000001, 3_000_000]] as const) {
    expect(Math.abs(powi(base, n) / Math.pow(base, n) - 1)).toBeLessThan(n * 2 ** -53)
  }
})
