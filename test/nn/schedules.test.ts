// Schedules against the formulas of optax and Keras in doubles; what an optimizer does with one, and what a resumed run has.
import { describe, expect, it } from 'vitest'
import { constant, input, variable } from '../../src/graph/leaves.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { dense, flatten } from '../../src/nn/layers.ts'
import { meanSquaredError } from '../../src/nn/losses.ts'
import { adam, LEARNING_RATE, rmsprop, sgd } from '../../src/nn/optimizers.ts'
import {
  cosine, exponential, from, linear, piecewise, type Rate, type SavedSchedule, type Schedule, warmup,
} from '../../src/nn/schedules.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { step } from '../../src/ops/step.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { newSession } from '../harness.ts'
import { bytesData, newModel, SHAPE, trainSteps } from '../train/data.ts'

const cosineAt = (initial: number, steps: number, alpha: number, t: number) =>
  initial * ((1 - alpha) * 0.5 * (1 + Math.cos((Math.PI * Math.min(t, steps)) / steps)) + alpha)

const cases: readonly (readonly [string, Schedule, (t: number) => number])[] = [
  ['cosine', cosine({ initial: 0.1, steps: 37 }), (t) => cosineAt(0.1, 37, 0, t)],
  ['cosine with alpha', cosine({ initial: 0.3, steps: 50, alpha: 0.2 }), (t) => cosineAt(0.3, 50, 0.2, t)],
  ['exponential', exponential({ initial: 0.1, decayRate: 0.96, decaySteps: 7 }), (t) => 0.1 * Math.pow(0.96, t / 7)],
  ['staircase', exponential({ initial: 0.1, decayRate: 0.5, decaySteps: 7, staircase: true }),
    (t) => 0.1 * Math.pow(0.5, Math.floor(t / 7))],
  ['linear down', linear({ initial: 0.1, final: 0.02, steps: 40 }), (t) => 0.1 + (0.02 - 0.1) * (Math.min(t, 40) / 40)],
  ['linear up', linear({ initial: 0, final: 1, steps: 3 }), (t) => Math.min(t, 3) / 3],
  ['piecewise', piecewise({ boundaries: [3, 20, 41], values: [1, 0.5, 0.2, 0.1] }),
    (t) => (t <= 3 ? 1 : t <= 20 ? 0.5 : t <= 41 ? 0.2 : 0.1)],
  ['piecewise without boundaries', piecewise({ boundaries: [], values: [0.5] }), () => 0.5],
  ['warmup of a number', warmup({ steps: 10, then: 0.4 }), (t) => (t < 10 ? (0.4 * t) / 10 : 0.4)],
  ['warmup of a cosine', warmup({ steps: 10, then: cosine({ initial: 0.4, steps: 30 }), initial: 0.1 }),
    (t) => (t < 10 ? 0.1 + ((0.4 - 0.1) * t) / 10 : cosineAt(0.4, 30, 0, t - 10))],
  ['warmup of a warmup', warmup({ steps: 5, then: warmup({ steps: 5, then: 1, initial: 0.5 }) }),
    (t) => (t < 5 ? t / 10 : t < 10 ? 0.5 + (t - 5) / 10 : 1)],
]

async function rates(schedule: Schedule, steps = 60): Promise<number[]> {
  const session = await newSession()
  const fn = session.compile({ group: 'train', stages: [{ outputs: { rate: schedule.at(step()) } }] })
  return Array.from({ length: steps }, () => {
    fn.run(1)
    return fn.read('rate')[0]!
  })
}

describe.each(cases)('%s', (_, schedule, expected) => {
  it('follows its formula', async () => {
    for (const [t, rate] of (await rates(schedule)).entries()) {
      expect(Math.abs(rate - expected(t)), `step ${t}`).toBeLessThan(4e-7 * (expected(t) + 0.1))
    }
  })
  it('is saved as plain JSON', async () => {
    const saved = JSON.parse(JSON.stringify(schedule)) as SavedSchedule
    expect(saved).toEqual(schedule.toJSON())
    expect(JSON.parse(JSON.stringify(from(saved)))).toEqual(saved)
    expect(await rates(from(saved))).toEqual(await rates(schedule))
  })
})

it('the end of a cosine is exact, and so is where a warmup ends', async () => {
  expect((await rates(cosine({ initial: 0.1, steps: 7, alpha: 0.25 }))).slice(7)).toEqual(Array(53).fill(Math.fround(0.025)))
  expect((await rates(warmup({ steps: 3, then: 0.7 }), 5)).slice(3)).toEqual(Array(2).fill(Math.fround(0.7)))
})

describe('an optimizer', () => {
  const start = async (learningRate: Rate, make: typeof sgd = sgd) => {
    const session = await newSession()
    const x = variable('x', [1], () => constant([0]))
    const optimizer = make({ learningRate })
    const fn = session.compile({ group: 'train', stages: [{ updates: optimizer.apply([input('g', [1])], [x]) }] })
    fn.feed('g', [1])
    return { session, x, optimizer, fn, rate: () => session.values(optimizer.state)[LEARNING_RATE]! }
  }
  const schedule = piecewise({ boundaries: [0, 2], values: [0.5, 0.25, 1] })

  it.each([sgd, rmsprop, adam])('holds the rate that the step used: %#', async (make) => {
    const { fn, rate, optimizer } = await start(schedule, make)
    expect(optimizer.schedule).toBe(schedule)
    expect(rate(), 'before the first step').toBe(0.5)
    const seen = Array.from({ length: 5 }, () => {
      fn.run(1)
      return rate()
    })
    expect(seen).toEqual([0.5, 0.25, 0.25, 1, 1])
  })
  it('uses it', async () => {
    const { fn, x, session } = await start(schedule)
    fn.run(4)
    expect(session.values(x)[0]).toBe(-(0.5 + 0.25 + 0.25 + 1))
    const [scheduled, number] = [await start(piecewise({ boundaries: [], values: [0.5] }), adam), await start(0.5, adam)]
    for (const { fn } of [scheduled, number]) fn.run(3)
    expect(scheduled.session.values(scheduled.x)).toEqual(number.session.values(number.x))
  })
  it('does no more work with a number', async () => {
    const { fn: plain, optimizer } = await start(0.5)
    expect(optimizer.schedule).toBeNull()
    expect(plain.schedule.items.map(({ node }) => node.op.name)).toEqual(['optimizer'])
  })
})

/** A regression with Adam by a schedule. */
function regression(learningRate: Rate): ModelDefinition {
  const net = sequential('net', [flatten(), dense({ units: 3 }), dense({ units: 12 })])
  const optimizer = adam({ learningRate })
  return {
    kind: 'regression', options: {}, imageShape: SHAPE, codeShape: [...SHAPE], optimizers: [optimizer],
    train({ images }, pass) {
      const x = reshape(images, [images.shape[0]!, 12])
      return [minimize(optimizer, meanSquaredError(x, net.apply(x, pass)), [net])]
    },
    decode: (codes) => codes,
  }
}

it('a resumed run has the same rate, to the bit', async () => {
  const learningRate = warmup({ steps: 4, then: cosine({ initial: 0.03, steps: 9, alpha: 0.01 }) })
  const data = bytesData(20)
  const whole = await newModel(regression(learningRate))
  await trainSteps(whole, data, 4, 12)
  const first = await newModel(regression(learningRate))
  await trainSteps(first, data, 4, 5)
  const second = await newModel(regression(from(JSON.parse(JSON.stringify(learningRate)) as SavedSchedule)))
  second.loadState(first.state())
  await trainSteps(second, data, 4, 12)
  expect(await second.digest()).toBe(await whole.digest())
  expect(second.state().variables.get('adam/state')![0]).toBeLessThan(0.03)
})

it('refusals', () => {
  const any = (x: unknown) => x as never
  for (const [make, error] of [
    [() => cosine(any({ initial: 1 })), new TypeError('cosine: steps is undefined, expected a positive integer')],
    [() => linear({ initial: -1, final: 0, steps: 1 }),
      new RangeError('linear: initial is -1, expected 0 or more, within float32')],
    [() => exponential({ initial: 1, decayRate: 0, decaySteps: 1 }),
      new RangeError('exponential: decayRate is 0, expected a number greater than 0')],
    [() => piecewise({ boundaries: [3, 3], values: [1, 2, 3] }),
      new RangeError('piecewise: boundaries is [3, 3], expected numbers of steps in rising order')],
    [() => piecewise({ boundaries: [3], values: [1] }),
      new RangeError('piecewise: values is [1], expected 2 numbers of 0 or more, one more than boundaries')],
    [() => warmup({ steps: 1, then: any('x') }),
      new TypeError("warmup: then is 'x', expected 0 or more, within float32, or a schedule")],
    [() => from({ schedule: 'sine' }),
      new RangeError("schedules: there is no schedule 'sine', expected cosine, exponential, piecewise, linear, warmup")],
    [() => sgd({ learningRate: any({}) }),
      new RangeError("sgd: learningRate is an Object, expected 0 or more, within float32, or a schedule")],
    [() => adam({ learningRate: any([1]) }),
      new TypeError("adam: learningRate is [1], expected 0 or more, within float32, or a schedule")],
  ] as const) expect(make).toThrow(error)
})
