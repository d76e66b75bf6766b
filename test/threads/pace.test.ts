// Shares that follow the speed of each thread: what is learnt from waiting, and that no division moves a bit.
import { afterAll, describe, expect, test, vi } from 'vitest'
import { Pace } from '../../src/runtime/pace.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { verify } from '../../src/verify/index.ts'
import { generator, runtime } from '../harness.ts'
import { MODELS } from './models.ts'
import { threaded, trained, worker } from './threads.ts'

const WHOLE = 65536
const sharesOf = (starts: Int32Array): number[] => [...starts.slice(1)].map((end, i) => (end - starts[i]!) / WHOLE)

/** Runs of `work` ms on one thread of speed 1, on threads of these speeds. */
function learn(pace: Pace, speeds: (run: number) => readonly number[], runs: number, work = 100, lookMs = 1e-6): void {
  for (let run = 0; run < runs; run++) {
    const { starts } = pace
    const shares = sharesOf(starts)
    const now = speeds(run)
    const worked = shares.map((share, i) => (work * share) / now[i]!)
    const ms = Math.max(...worked)
    pace.learn({ ms, lookMs, looked: worked.map((own) => (ms - own) / lookMs), starts })
  }
}

describe('shares', () => {
  test.each([1, 2, 3, 7, 64])('are even at first: %i threads', (threads) => {
    expect([...new Pace(threads).starts]).toEqual(
      Array.from({ length: threads + 1 }, (_, i) => Math.round((WHOLE * i) / threads)),
    )
  })

  test.each([[[2, 1]], [[1, 1.5]], [[4, 4, 1, 1]]])('come to the speeds %j', (speeds) => {
    const all = speeds.reduce((a, b) => a + b)
    const pace = new Pace(speeds.length)
    learn(pace, () => speeds, 100)
    sharesOf(pace.starts).forEach((share, i) => expect(share / (speeds[i]! / all)).toBeCloseTo(1, 2))
  })

  test('come to the speeds by a clock that shows whole tenths of a millisecond', () => {
    const uniform = generator(3)
    const pace = new Pace(2)
    // A tenth, once in five runs, for 20 µs.
    const found = () => ({ lookMs: uniform() < 0.2 ? 0.1 / 30_000 : 0 })
    for (let run = 0; run < 400; run++) {
      const { starts } = pace
      const worked = sharesOf(starts).map((share, i) => (50 * share) / [1, 1.6][i]!)
      const ms = Math.max(...worked)
      pace.learn({ ms, ...found(), looked: worked.map((own) => (ms - own) / (0.02 / 30_000)), starts })
    }
    expect(sharesOf(pace.starts)[1]).toBeCloseTo(1.6 / 2.6, 1)
  })

  test('follow when the slower thread becomes the faster one', () => {
    const pace = new Pace(2)
    learn(pace, () => [1, 2], 100)
    learn(pace, () => [2, 1], 100)
    expect(sharesOf(pace.starts)[0]).toBeCloseTo(2 / 3, 2)
  })

  test('stay even where speeds differ by chance', () => {
    const uniform = generator(7)
    const pace = new Pace(3)
    for (let run = 0; run < 300; run++) {
      learn(pace, () => [0, 1, 2].map(() => 1 + 0.4 * (uniform() - 0.5)), 1)
      expect([...pace.starts]).toEqual([...new Pace(3).starts])
    }
  })

  test('never leave a thread without work, and are whole', () => {
    const pace = new Pace(3)
    learn(pace, () => [1, 1e-6, 1], 500)
    expect(Math.min(...sharesOf(pace.starts))).toBeGreaterThan(0.25 / 3 - 0.01)
    expect(pace.starts.at(-1)).toBe(WHOLE)
  })

  test('learn nothing from a short run', () => {
    const pace = new Pace(2)
    learn(pace, () => [1, 4], 100, 9)
    expect(sharesOf(pace.starts)).toEqual([0.5, 0.5])
  })
})

describe('any division gives the same bits', () => {
  const runtimes: Runtime[] = []
  afterAll(() => Promise.all(runtimes.map((each) => each.close())))
  const UNEVEN: Readonly<Record<number, readonly number[]>> = {
    2: [0, 21000, WHOLE], 3: [0, 8000, 47111, WHOLE], 7: [0, 1, 2, 30000, 30001, 65000, 65500, WHOLE],
  }
  const divided = (threads: number) =>
    vi.spyOn(Pace.prototype, 'starts', 'get').mockReturnValue(Int32Array.from(UNEVEN[threads]!))

  test.each(Object.keys(MODELS).flatMap((name) => [2, 3, 7].map((threads) => [name, threads] as const)))(
    '%s, %i threads', async (name, threads) => {
      const shared = await threaded({ threads })
      runtimes.push(shared)
      const alone = await trained(runtime, MODELS[name]!())
      const starts = divided(threads)
      const model = await trained(shared, MODELS[name]!())
      expect(starts).toHaveBeenCalled()
      starts.mockRestore()
      expect(await model.digest()).toBe(await alone.digest())
    },
  )

  test('the core divides as it is told: what is in no share is not done', async () => {
    const shared = await threaded({ threads: 2 })
    runtimes.push(shared)
    const starts = vi.spyOn(Pace.prototype, 'starts', 'get').mockReturnValue(Int32Array.of(WHOLE / 2, WHOLE / 2, WHOLE))
    const model = await trained(shared, MODELS['vae']!())
    starts.mockRestore()
    expect(await model.digest()).not.toBe(await (await trained(runtime, MODELS['vae']!())).digest())
  })

  test('every recipe of verify, 3 threads', async () => {
    const starts = divided(3)
    const report = await verify({ threads: 3, worker })
    starts.mockRestore()
    expect(report.summary).toMatch(/^the same bits/)
  })
})
