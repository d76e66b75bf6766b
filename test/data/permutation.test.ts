// The order of an epoch on the host is the core's.
import { expect, it } from 'vitest'
import { keyOf, samplesAt } from '../../src/data/permutation.ts'
import { batch, dataset } from '../../src/ops/batch.ts'
import { streamId } from '../../src/ops/random.ts'
import { newSession } from '../harness.ts'

it.each([1, 2, 3, 5, 64, 65, 100, 4097, 70_000])('%d samples', async (count) => {
  for (const seed of [0, 1, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER]) {
    const session = await newSession(seed)
    const data = dataset(Float32Array.from({ length: count }, (_, i) => i), [count, 1])
    const fn = session.compile({ group: 'train', stages: [{ outputs: { y: batch(data, count) } }] })
    for (const epoch of [0, 1, 12345, 2 ** 32 - 1]) {
      session.counters('train').set([0, 0, 0, epoch])
      fn.run(1)
      const key = keyOf([seed % 2 ** 32, Math.floor(seed / 2 ** 32)], streamId('shuffle'), epoch)
      const rows = new Uint32Array(count)
      samplesAt({ count, key }, 0, rows)
      const [ours, cores] = [Float32Array.from(rows), fn.read('y')]
      expect(Buffer.compare(Buffer.from(ours.buffer), Buffer.from(cores.buffer)), `${seed} ${epoch}`).toBe(0)
      const part = new Uint32Array(Math.min(3, count))
      const from = count - part.length
      samplesAt({ count, key }, from, part)
      expect(part).toEqual(rows.subarray(from))
    }
  }
})

it('samples as they lie', () => {
  const rows = new Uint32Array(3)
  samplesAt({ count: 10 }, 4, rows)
  expect([...rows]).toEqual([4, 5, 6])
})
