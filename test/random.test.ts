// Random tensors: Philox against its published vectors; distributions; what a value depends on.
import { random_bits } from '../src/graph/contract.generated.ts'
import { describe, expect, it } from 'vitest'
import { call } from '../src/graph/kernel_call.ts'
import { input } from '../src/graph/leaves.ts'
import { gradients } from '../src/autodiff/gradients.ts'
import { type Op, type Shape, type Tensor, apply } from '../src/graph/tensor.ts'
import { bernoulli, dropout, randomNormal, randomUniform, type Stream, streamId, truncatedNormal } from '../src/ops/random.ts'
import { sum } from '../src/ops/reduce.ts'
import { Session } from '../src/runtime/session.ts'
import { newSession, runGuarded, runDivided, THREADS } from './harness.ts'
import { ksDistance, momentsOf, normalCdf } from './reference/distributions.ts'

const MILLION = 1_000_000
const sessionOf = (seed: number) => newSession(seed)
const compiled = (session: Session, y: Tensor, group = 'test') => session.compile({ group, stages: [{ outputs: { y } }] })

async function draw(y: Tensor, { seed = 1, step = 0 } = {}): Promise<Float32Array> {
  const fn = compiled(await sessionOf(seed), y)
  fn.session.counters('test')[0] = step
  fn.run(1)
  return fn.read('y')
}

/** The raw words of `count` elements from block `block` on, for a key and the counter words 1 to 3. */
async function words(key: readonly number[], counter: readonly number[], count = 4): Promise<number[]> {
  const session = await newSession()
  const op: Op = {
    name: 'bits',
    shape: () => [count],
    gradient: null,
    flops: () => 0,
    calls: (_, at) => [call(random_bits, {
      y: at.output, n: count, seed: at.seed, counter: at.counter, stream: counter[3]!, first: 0, block: counter[0]!,
    })],
  }
  const fn = compiled(session, apply(op, [], {}))
  session.groupWords('test').set(key, 4)
  session.counters('test').set(counter.slice(1, 3))
  fn.run(1)
  return [...new Uint32Array(fn.read('y').buffer)]
}

// Random123 1.14, tests/kat_vectors, philox4x32 10: counter, key, result.
const KAT = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const

describe('Philox 4x32-10', () => {
  it.each(KAT)('counter %s key %s', async (counter, key, result) => {
    const parse = (hex: string) => hex.split(' ').map((w) => parseInt(w, 16))
    expect(await words(parse(key), parse(counter))).toEqual(parse(result))
  })

  it('block b is the lane group that starts at element 4b', async () => {
    const all = await words([7, 8], [5, 1, 2, 3], 37)
    for (let block = 0; block * 4 < all.length; block++) {
      const one = await words([7, 8], [5 + block, 1, 2, 3], 4)
      expect(all.slice(block * 4, block * 4 + 4)).toEqual(one.slice(0, all.length - block * 4))
    }
  })
})

const makers: readonly (readonly [string, (shape: Shape, stream: Stream) => Tensor])[] = [
  ['randomUniform', (shape, stream) => randomUniform(shape, stream)],
  ['randomNormal', (shape, stream) => randomNormal(shape, stream)],
  ['truncatedNormal', (shape, stream) => truncatedNormal(shape, stream)],
  ['bernoulli', (shape, stream) => bernoulli(shape, stream, 0.5)],
]

describe.each(makers)('%s', (_, make) => {
  it('depends on seed, stream, step and index, not on shape or threads', async () => {
    const base = await draw(make([1000], 'a'))
    expect(await draw(make([1000], 'a'))).toEqual(base)
    for (const shape of [[10, 100], [5, 2, 100], [1000, 1]] as Shape[]) expect(await draw(make(shape, 'a'))).toEqual(base)
    for (const n of [1, 2, 3, 4, 5, 15, 16, 17, 31, 64, 127]) expect(await draw(make([n], 'a'))).toEqual(base.subarray(0, n))
    const again = (change: { seed?: number; step?: number }) => draw(make([1000], 'a'), change)
    const changes = [{ seed: 2 }, { seed: 2 ** 32 + 1 }, { step: 1 }]
    for (const other of [await draw(make([1000], 'b')), ...(await Promise.all(changes.map(again)))]) {
      const equal = other.reduce((n, e, i) => n + (e === base[i] ? 1 : 0), 0)
      expect(equal).toBeLessThan(600)
      expect(Math.abs(correlation(base, other))).toBeLessThan(4 / Math.sqrt(1000))
    }
  })

  it('writes its own bytes only, the same ones with any number of threads', async () => {
    for (const n of [1, 6, 127, 1001]) {
      const fn = compiled(await newSession(), make([n], 'a'))
      expect(runGuarded({ fn, outputs: ['y'] })).toBe(0)
      const y = fn.read('y')
      for (const threads of [2, 3, THREADS]) {
        fn.session.counters('test').fill(0)
        runDivided({ fn, outputs: ['y'] }, threads)
        expect(fn.read('y')).toEqual(y)
      }
    }
  })

  it('draws the rows of a larger batch as they are there, from any element on', async () => {
    const whole = await draw(make([40, 7], 'a'))
    const parts = [[0, 3], [1, 1], [3, 5], [5, 2], [7, 9], [13, 20], [39, 1]] as const
    const outputs = (at: readonly (readonly [number, number])[]) => Object.fromEntries(at.map(([first, rows]) => (
      [`${first}`, make([rows, 7], { name: 'a', first, rows })])))
    for (const [first, rows] of parts) {
      const fn = (await newSession()).compile({ group: 'test', stages: [{ outputs: outputs([[first, rows]]) }] })
      const expected = whole.slice(first * 7, (first + rows) * 7)
      expect(runGuarded({ fn, outputs: [] }), `${rows} rows from ${first} on`).toBe(0)
      expect(fn.read(`${first}`)).toEqual(expected)
      for (const threads of [2, 3, THREADS]) {
        fn.session.counters('test').fill(0)
        runDivided({ fn, outputs: [] }, threads)
        expect(fn.read(`${first}`)).toEqual(expected)
      }
    }
    // All in one function, where they do not overlap.
    const session = await newSession()
    session.compile({ group: 'test', stages: [{ outputs: outputs([[0, 3], [3, 5], [8, 1]]) }] })
    expect(() => session.compile({ group: 'test', stages: [{ outputs: outputs([[0, 3], [2, 5]]) }] }))
      .toThrow(/streams 'a' and 'a', which are one/)
  })

  it('has other shapes for the same rows, and goes far', async () => {
    const rows = { name: 'a', first: 6, rows: 3 }
    const expected = await draw(make([3, 4, 5], rows))
    expect(await draw(make([12, 5], rows))).toEqual(expected)
    expect(await draw(make([60], rows))).toEqual(expected)
    const far = { name: 'a', first: 500_000_001, rows: 1 }
    expect(await draw(make([1, 5], far))).toEqual((await draw(make([2, 5], { ...far, first: 500_000_000, rows: 2 }))).slice(5))
    expect(await draw(make([1, 5], far))).not.toEqual(await draw(make([1, 5], 'a')))
    expect(() => make([1, 5], { ...far, first: 2 ** 30 })).toThrow(/begins at element 5368709120, expected one below 2\^32/)
  })

  it('neighbouring elements, steps and streams are uncorrelated', async () => {
    const a = await draw(make([MILLION], 'a'))
    const far = 4.5 / Math.sqrt(MILLION)
    for (const lag of [1, 2, 3, 4, 16]) {
      expect(Math.abs(correlation(a.subarray(lag), a.subarray(0, MILLION - lag)))).toBeLessThan(far)
    }
    expect(Math.abs(correlation(a, await draw(make([MILLION], 'a'), { step: 1 })))).toBeLessThan(far)
    expect(Math.abs(correlation(a, await draw(make([MILLION], 'b'))))).toBeLessThan(far)
  })
})

function correlation(a: Float32Array, b: Float32Array): number {
  const [ma, mb] = [momentsOf(a), momentsOf(b)]
  let s = 0
  a.forEach((x, i) => (s += (x - ma.mean) * (b[i]! - mb.mean)))
  return s / a.length / Math.sqrt(ma.variance * mb.variance)
}

/** Kolmogorov's critical distance at p = 1e-5. */
const CRITICAL = 2.47 / Math.sqrt(MILLION)

describe('distributions', () => {
  it('randomUniform', async () => {
    const y = await draw(randomUniform([MILLION], 'u', { minval: -3, maxval: 5 }))
    expect(ksDistance(y, (x) => (x + 3) / 8)).toBeLessThan(CRITICAL)
    const { mean, variance } = momentsOf(y)
    expect(mean).toBeCloseTo(1, 1.9)
    expect(Math.abs(variance / (64 / 12) - 1)).toBeLessThan(0.005)
    const u = await draw(randomUniform([MILLION], 'u'))
    expect(u.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24))).toBe(true)
  })

  it('randomNormal', async () => {
    const y = await draw(randomNormal([MILLION], 'n', { mean: 2, stddev: 3 }))
    expect(ksDistance(y, (x) => normalCdf((x - 2) / 3))).toBeLessThan(CRITICAL)
    const { mean, variance, skewness, kurtosis } = momentsOf(y)
    expect(Math.abs(mean - 2)).toBeLessThan(4.5 * 3 / 1000)
    expect(Math.abs(variance / 9 - 1)).toBeLessThan(4.5 * Math.SQRT2 / 1000)
    expect(Math.abs(skewness)).toBeLessThan(4.5 * Math.sqrt(6) / 1000)
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4.5 * Math.sqrt(24) / 1000)
  })

  it('randomNormal has the tails of a normal in 10^8 draws', async () => {
    const fn = compiled(await sessionOf(1), randomNormal([10 * MILLION], 'tails'))
    const bounds = [4, 4.5, 5.2]
    const beyond = bounds.map(() => [0, 0])
    let largest = 0
    for (let step = 0; step < 10; step++) {
      fn.run(1)
      for (const x of fn.session.floats(fn.session.arena, 10 * MILLION)) {
        if (!(Math.abs(x) > bounds[0]!)) continue
        largest = Math.max(largest, Math.abs(x))
        bounds.forEach((z, i) => beyond[i]![x < 0 ? 0 : 1]! += Math.abs(x) > z ? 1 : 0)
      }
    }
    bounds.forEach((z, i) => {
      const expected = 100 * MILLION * normalCdf(-z)
      for (const n of beyond[i]!) {
        expect(Math.abs(n - expected), `${n} of ${expected} beyond ${z}`).toBeLessThan(3 * Math.sqrt(expected))
      }
    })
    expect(largest).toBeLessThan(6.67)
  }, 60_000)

  it('pairs of normals point in every direction alike', async () => {
    const y = await draw(randomNormal([MILLION], 'pairs'))
    const bins = new Array<number>(32).fill(0)
    for (let i = 0; i < MILLION; i += 2) bins[Math.floor(((Math.atan2(y[i]!, y[i + 1]!) / Math.PI + 1) / 2) * 32) % 32]!++
    const expected = MILLION / 64
    expect(bins.reduce((s, n) => s + (n - expected) ** 2 / expected, 0)).toBeLessThan(75)
  })

  it('truncatedNormal', async () => {
    const y = await draw(truncatedNormal([MILLION], 't', { mean: -1, stddev: 0.5 }))
    const low = normalCdf(-2)
    expect(ksDistance(y, (x) => (normalCdf((x + 1) * 2) - low) / (1 - 2 * low))).toBeLessThan(CRITICAL)
    expect(y.every((x) => x >= -2 && x <= 0)).toBe(true)
    expect(Math.abs(Math.sqrt(momentsOf(y).variance) / 0.5 - 0.8796256610342398)).toBeLessThan(0.003)
  })

  it.each([0, 0.1, 0.5, 0.9, 1])('bernoulli %d', async (p) => {
    const y = await draw(bernoulli([MILLION], 'b', p, { value: 2 }))
    const ones = y.reduce((n, x) => n + (x === 2 ? 1 : 0), 0)
    expect(y.every((x) => x === 0 || x === 2)).toBe(true)
    expect(Math.abs(ones / MILLION - p)).toBeLessThanOrEqual(4.5 * Math.sqrt((p * (1 - p)) / MILLION))
  })
})

describe('dropout', () => {
  it('drops or scales, the gradient alike', async () => {
    const session = await newSession()
    const x = input('x', [1000])
    const y = dropout(x, 0.25, 'drop')
    const [dx] = gradients(sum(y), [x])
    const fn = session.compile({ group: 'test', stages: [{ outputs: { y, dx: dx! } }] })
    fn.feed('x', new Float32Array(1000).fill(3)).run(1)
    const kept = fn.read('y').filter((e) => e === 4).length
    expect(fn.read('y').every((e) => e === 0 || e === 4)).toBe(true)
    expect(Math.abs(kept - 750)).toBeLessThan(60)
    expect(fn.read('dx').map((e) => e * 3)).toEqual(fn.read('y'))
    expect(dropout(x, 0, 'none')).toBe(x)
  })
})

describe('refusals', () => {
  it.each([
    [() => randomUniform([2], 's', { minval: 1, maxval: 0 }), /minval 1 is above maxval 0/],
    [() => randomNormal([2], 's', { stddev: NaN }), /stddev is NaN/],
    [() => randomNormal([2], 's', { stddev: -1 }), /randomNormal: stddev is -1, expected 0 or more/],
    [() => truncatedNormal([2], 's', { stddev: -1 }), /truncatedNormal: stddev is -1, expected 0 or more/],
    [() => bernoulli([2], 's', 1.5), /probability is 1.5/],
    [() => dropout(input('x', [2]), 1, 's'), /rate is 1/],
    [() => randomNormal([2], undefined as unknown as string), /randomNormal: the stream is undefined, expected a name/],
    [() => randomNormal([2], { name: 's', first: -1, rows: 2 }), /the stream: first is -1, expected 0 or a positive integer/],
    [() => randomNormal([2], { name: 's', first: 1, rows: 0 }), /the stream: rows is 0, expected a positive integer/],
    [() => bernoulli([2], '', 0.5), /bernoulli: the stream is '', expected a name/],
  ])('%#', (make, message) => expect(make).toThrow(message))

  it('two tensors on one stream', async () => {
    const session = await newSession()
    const outputs = { a: randomNormal([2], 's'), b: randomNormal([3], 's') }
    expect(() => session.compile({ group: 'test', stages: [{ outputs }] })).toThrow(/streams 's' and 's', which are one/)
    expect(streamId('')).toBe(0x811c9dc5 | 0)
  })
})
