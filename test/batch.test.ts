// Batches: the permutation of an epoch, the gathered values, how the counters move on.
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { batch, dataset } from '../src/ops/batch.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { floats, generator, newSession, runGuarded, runDivided, THREADS } from './harness.ts'

const COUNTS = [1, 2, 3, 5, 64, 100, 60000]

/** A function that reads its dataset's row numbers, a whole epoch at once. */
async function orders(count: number, seed = 1): Promise<(epoch: number) => Float32Array> {
  const session = await newSession(seed)
  const data = dataset(Float32Array.from({ length: count }, (_, i) => i), [count, 1])
  const fn = session.compile({ group: 'train', stages: [{ outputs: { y: batch(data, count) } }] })
  return (epoch) => {
    session.counters('train').set([0, 0, 0, epoch])
    fn.run(1)
    return fn.read('y')
  }
}

describe('the permutation of an epoch', () => {
  it.each(COUNTS)('is a bijection on %d rows', async (count) => {
    const order = await orders(count)
    for (const epoch of [0, 1, 2, 12345, 2 ** 32 - 1]) {
      const rows = order(epoch)
      expect(rows.slice().sort()).toEqual(Float32Array.from({ length: count }, (_, i) => i))
    }
  })

  it.each([64, 100, 60000])('differs by epoch and seed: %d rows', async (count) => {
    const order = await orders(count)
    const first = order(0)
    for (const other of [order(1), order(2), (await orders(count, 2))(0), (await orders(count, 2 ** 32 + 1))(0)]) {
      // Two random orders agree in one place on average.
      expect(other.filter((row, i) => row === first[i]).length).toBeLessThan(8)
    }
    expect(order(0)).toEqual(first)
    expect(first.filter((row, i) => row === i).length).toBeLessThan(8)
  })

  it.each([3, 5, 16, 37])('puts each of %d rows in each place alike often', async (count) => {
    const order = await orders(count)
    const epochs = 400 * count
    const seen = new Float64Array(count * count)
    let fixed = 0
    let followed = 0
    for (let epoch = 0; epoch < epochs; epoch++) {
      order(epoch).forEach((row, place, rows) => {
        seen[place * count + row]!++
        if (row === place) fixed++
        if (row + 1 === rows[place + 1]) followed++
      })
    }
    const chi2 = seen.reduce((s, n) => s + (n - 400) ** 2 / 400, 0)
    const freedom = (count - 1) ** 2
    expect(Math.abs(chi2 - freedom), `chi² ${chi2}`).toBeLessThan(4.5 * Math.sqrt(2 * freedom) + 4)
    expect(Math.abs(fixed / epochs - 1)).toBeLessThan(4.5 / Math.sqrt(epochs))
    // Row r + 1 right after row r: (count − 1) / count times an order.
    expect(Math.abs(followed / epochs - (count - 1) / count)).toBeLessThan(4.5 / Math.sqrt(epochs))
  })

  it('reaches all orders of three rows alike often', async () => {
    const order = await orders(3)
    const seen = new Map<string, number>()
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = order(epoch).join()
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    expect(seen.size).toBe(6)
    expect([...seen.values()].reduce((s, n) => s + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(30)
  })
})

const rowsOf = <T extends Uint8Array | Float32Array>(data: T, item: number, rows: readonly number[]): number[] =>
  rows.flatMap((r) => [...data.subarray(r * item, (r + 1) * item)])

describe('the values of a batch', () => {
  const uniform = generator(3)
  const kinds = [
    ['u8', (n: number) => Uint8Array.from({ length: n }, () => uniform() * 256)],
    ['f32', (n: number) => floats(n, () => uniform() * 4 - 2)],
  ] as const
  const values = kinds.flatMap(([kind, make]) => [1, 3, 4, 15, 16, 17, 784].map((item) => [kind, item, make] as const))
  it.each(values)('%s rows of %d', async (_, item, make) => {
    const count = 23
    const data = make(count * item)
    const [scale, offset] = [Math.fround(2 / 255), -1]
    const scaled = (x: number) => Math.fround(Math.fround(x * scale) + offset)
    const session = await newSession()
    const plain = batch(dataset(data, [count, item]), 7, { shuffle: false, scale, offset })
    const mixed = batch(dataset(data, [count, item]), 7, { scale, offset })
    const index = batch(dataset(Float32Array.from({ length: count }, (__, i) => i), [count]), 7)
    const fn = session.compile({ group: 'train', stages: [{ outputs: { plain, mixed, index } }] })
    session.counters('train').set([9, 0, 14, 3])
    expect(runGuarded({ fn, outputs: [] })).toBe(0)
    const read = () => (['plain', 'mixed', 'index'] as const).map((name) => fn.read(name))
    const [p, m, rows] = read() as [Float32Array, Float32Array, Float32Array]
    expect([...p]).toEqual(rowsOf(data, item, [14, 15, 16, 17, 18, 19, 20]).map(scaled))
    expect([...m]).toEqual(rowsOf(data, item, [...rows]).map(scaled))
    for (const threads of [2, 3, THREADS]) {
      session.counters('train').set([9, 0, 14, 3])
      runDivided({ fn, outputs: [] }, threads)
      expect(read()).toEqual([p, m, rows])
    }
  })

  it('keeps the shape of a sample', () => {
    expect(batch(dataset(new Uint8Array(240), [10, 4, 3, 2]), 5).shape).toEqual([5, 4, 3, 2])
  })
  it('refuses a batch larger than the dataset', () => {
    expect(() => batch(dataset(new Uint8Array(8), [4, 2]), 5)).toThrow(/a batch of 5 is larger than the dataset of 4/)
  })
})

describe('epochs', () => {
  const take = (fn: CompiledFunction) => {
    fn.run(1)
    return [...fn.read('y')]
  }

  it('go through every row once, the smaller last batch in a second function of the group', async () => {
    const session = await newSession()
    const data = dataset(Float32Array.from({ length: 10 }, (_, i) => i), [10])
    const of = (size: number) => session.compile({ group: 'train', stages: [{ outputs: { y: batch(data, size) } }] })
    const [four, two] = [of(4), of(2)]
    const counters = () => [...session.counters('train')]
    const seen: number[][] = []
    for (let epoch = 0; epoch < 2; epoch++) {
      expect(counters()).toEqual([epoch * 3, 0, 0, epoch])
      const rows = [...take(four), ...take(four)]
      expect(counters()).toEqual([epoch * 3 + 2, 0, 8, epoch])
      rows.push(...take(two))
      expect([...rows].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      seen.push(rows)
    }
    expect(counters()).toEqual([6, 0, 0, 2])
    expect(seen[0]).not.toEqual(seen[1])
  })

  it('drop the remainder on demand', async () => {
    const session = await newSession()
    const data = dataset(Float32Array.from({ length: 10 }, (_, i) => i), [10])
    const fn = session.compile({ group: 'train', stages: [{ outputs: { y: batch(data, 4, { dropRemainder: true }) } }] })
    const rows = [...take(fn), ...take(fn)]
    expect(new Set(rows).size).toBe(8)
    expect([...session.counters('train')]).toEqual([2, 0, 0, 1])
  })

  it('wrap where a batch reaches past the end', async () => {
    const session = await newSession()
    const data = dataset(Uint8Array.from([0, 1, 2, 3, 4]), [5])
    const fn = session.compile({ group: 'train', stages: [{ outputs: { y: batch(data, 3, { shuffle: false }) } }] })
    expect([take(fn), take(fn)]).toEqual([[0, 1, 2], [3, 4, 0]])
    expect([...session.counters('train')]).toEqual([2, 0, 0, 1])
  })
})

describe('several batches a step', () => {
  const data = dataset(Float32Array.from({ length: 23 }, (_, i) => i), [23])
  const compiled = async (...batches: (readonly [size: number, first: number, dropRemainder?: boolean])[]) => {
    const session = await newSession()
    const outputs = Object.fromEntries(batches.map(([size, first, dropRemainder = false], i) => (
      [`${i}`, batch(data, size, { first, dropRemainder })])))
    return session.compile({ group: 'train', stages: [{ outputs }] })
  }
  const rows = (fn: CompiledFunction) => [...fn.outputs.keys()].flatMap((name) => [...fn.read(name)])

  it('are one after the other what one large batch is, and the step goes on by all', async () => {
    const [whole, parts] = [await compiled([7, 0]), await compiled([3, 0], [1, 3], [3, 4])]
    for (let step = 0; step < 9; step++) {
      for (const fn of [whole, parts]) fn.run(1)
      expect(rows(parts)).toEqual(rows(whole))
      expect(parts.session.counters('train')).toEqual(whole.session.counters('train'))
    }
    for (const threads of [2, 3, THREADS]) {
      parts.session.counters('train').set([0, 0, 14, 1])
      runDivided({ fn: parts, outputs: [] }, threads)
      whole.session.counters('train').set([0, 0, 14, 1])
      whole.run(1)
      expect(rows(parts)).toEqual(rows(whole))
    }
  })
  it('leave out what fills no step, on demand', async () => {
    const fn = await compiled([5, 0, true], [5, 5, true])
    fn.run(2)
    expect([...fn.session.counters('train')]).toEqual([2, 0, 0, 1])
  })
  it('may be read twice, and from the middle on', async () => {
    const session = await newSession()
    const [a, b] = [batch(data, 4, { first: 8 }), batch(data, 4, { first: 8 })]
    const fn = session.compile({ group: 'train', stages: [{ outputs: { a, b } }] })
    fn.run(1)
    expect(fn.read('a')).toEqual(fn.read('b'))
    expect([...session.counters('train')]).toEqual([1, 0, 12, 0])
  })
  it('are refused where they overlap, or are of datasets of different lengths', async () => {
    await expect(compiled([4, 0], [4, 2])).rejects.toThrow(
      new RangeError('a function reads samples 0 to 4 and 2 to 6 of a step; expected the same ones, or ones after the others'))
    const other = dataset(new Uint8Array(24), [24])
    const session = await newSession()
    expect(() => session.compile({ group: 'train', stages: [{ outputs: { a: batch(data, 4), b: batch(other, 4) } }] }))
      .toThrow(new RangeError('a function reads batches of different datasets: 23 and 24 samples'))
    expect(() => batch(data, 4, { first: 20 })).toThrow(/samples 20 to 24 of a step are more than the dataset has, 23/)
    expect(() => batch(data, 4, { first: -1 })).toThrow('batch: first is -1, expected 0 or a positive integer')
  })
})

describe('the kinds of arrays that a dataset is', () => {
  const rows = async (data: Parameters<typeof dataset>[0]) => {
    const session = await newSession()
    const y = batch(dataset(data, [data.length]), data.length, { shuffle: false })
    const fn = session.compile({ group: 'train', stages: [{ outputs: { y } }] })
    fn.run(1)
    return [...fn.read('y')]
  }
  it('bytes and floats, of any realm', async () => {
    const bytes = [0, 1, 200, 255, 7]
    expect(await rows(Uint8Array.from(bytes))).toEqual(bytes)
    expect(await rows(runInNewContext('Uint8Array.from([0, 1, 200, 255, 7])') as Uint8Array)).toEqual(bytes)
    expect(await rows(runInNewContext('Float32Array.from([0.5, -3])') as Float32Array)).toEqual([0.5, -3])
  })
  it.each<[string, unknown]>([
    ['a Float64Array', Float64Array.of(1, 2)], ['an Int8Array', Int8Array.of(1, 2)], ['[1, 2]', [1, 2]], ["'ab'", 'ab'],
  ])('refuses %s', (name, data) => {
    expect(() => dataset(data as Uint8Array, [2]))
      .toThrow(new TypeError(`dataset: data is ${name}, expected a Uint8Array (0 to 255) or a Float32Array`))
  })
})
