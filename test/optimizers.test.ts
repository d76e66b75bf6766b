// Optimizers against doubles and against other software's numbers; the same bits with any number of threads.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { constant, input, variable, type Variable } from '../src/graph/leaves.ts'
import { layer, Pass } from '../src/nn/layer.ts'
import { dense } from '../src/nn/layers.ts'
import { adam, adamW, LEARNING_RATE, type Optimizer, rmsprop, sgd } from '../src/nn/optimizers.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import type { Session } from '../src/runtime/session.ts'
import { lcg } from './golden/lcg.ts'
import { floats, generator, newSession, runDivided, THREADS } from './harness.ts'

const STEPS = 20
const SIZES = [1, 3, 4, 17, 1000]

interface Run {
  readonly session: Session
  readonly fn: CompiledFunction
  readonly x: Variable
  readonly optimizer: Optimizer
}

async function start(optimizer: Optimizer, initial: Float32Array): Promise<Run> {
  const session = await newSession()
  const x = variable('x', [initial.length], (shape) => constant(initial, shape))
  const updates = optimizer.apply([input('g', [initial.length])], [x])
  return { session, x, optimizer, fn: session.compile({ group: 'train', stages: [{ updates }] }) }
}

/** One step in doubles: changes x and the slots; t counts from 1. */
type Reference = (x: Float64Array, g: ArrayLike<number>, slots: readonly [Float64Array, Float64Array], t: number) => void
type One = (x: number, g: number, m: number, v: number, t: number) => [x: number, m: number, v: number]
const each = (f: One): Reference => (x, g, [m, v], t) =>
  x.forEach((e, i) => ([x[i], m[i], v[i]] = f(e, g[i]!, m[i]!, v[i]!, t)))

const adamReference = (rate: number, b1: number, b2: number, epsilon: number, decay = 0) => each((x, g, m0, v0, t) => {
  const m = b1 * m0 + (1 - b1) * g
  const v = b2 * v0 + (1 - b2) * g * g
  const step = (rate * (m / (1 - Math.pow(b1, t)))) / (Math.sqrt(v / (1 - Math.pow(b2, t))) + epsilon)
  return [x - step - rate * decay * x, m, v]
})

const cases: readonly (readonly [string, () => Optimizer, Reference])[] = [
  ['sgd', () => sgd({ learningRate: 0.1 }), each((x, g, m, v) => [x - 0.1 * g, m, v])],
  ['sgd with momentum', () => sgd({ learningRate: 0.1, momentum: 0.9 }), each((x, g, m0, v) => {
    const m = 0.9 * m0 - 0.1 * g
    return [x + m, m, v]
  })],
  ['sgd with Nesterov momentum', () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), each((x, g, m0, v) => {
    const m = 0.9 * m0 - 0.1 * g
    return [x + 0.9 * m - 0.1 * g, m, v]
  })],
  ['rmsprop', () => rmsprop({ learningRate: 0.02 }), each((x, g, m, v0) => {
    const v = 0.9 * v0 + 0.1 * g * g
    return [x - (0.02 * g) / Math.sqrt(v + 1e-7), m, v]
  })],
  ['rmsprop with momentum', () => rmsprop({ learningRate: 0.02, rho: 0.8, momentum: 0.7 }), each((x, g, m0, v0) => {
    const v = 0.8 * v0 + 0.2 * g * g
    const m = 0.7 * m0 + (0.02 * g) / Math.sqrt(v + 1e-7)
    return [x - m, m, v]
  })],
  ['adam', () => adam(), adamReference(0.001, 0.9, 0.999, 1e-8)],
  ['adam, set', () => adam({ learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }), adamReference(0.05, 0.5, 0.9, 1e-3)],
  ['adamW', () => adamW({ learningRate: 0.05, weightDecay: 0.1 }), adamReference(0.05, 0.9, 0.999, 1e-8, 0.1)],
]

describe.each(cases)('%s', (_, make, reference) => {
  it.each(SIZES)('follows doubles over 20 steps: %d elements', async (n) => {
    const uniform = generator(n)
    const initial = floats(n, () => uniform() * 2 - 1)
    const { session, fn, x } = await start(make(), initial)
    const expected = Float64Array.from(initial)
    const slots = [new Float64Array(n), new Float64Array(n)] as const
    for (let t = 1; t <= STEPS; t++) {
      const g = floats(n, () => (uniform() * 2 - 1) * (t % 5 === 0 ? 1e-3 : 2))
      fn.feed('g', g).run(1)
      reference(expected, g, slots, t)
    }
    const travelled = expected.reduce((s, e, i) => Math.max(s, Math.abs(e - initial[i]!)), 0)
    const worst = expected.reduce((s, e, i) => Math.max(s, Math.abs(e - session.values(x)[i]!)), 0)
    // Each step rounds x (at most 4 here) once to half an ulp; the steps themselves are good to 1e-6.
    expect(worst).toBeLessThan(STEPS * 2 ** -24 * 2 + 2e-6 * travelled)
    expect(travelled).toBeGreaterThan(1e-4)
  })

  it.each(SIZES)('gives the same bits with any number of threads: %d elements', async (n) => {
    const uniform = generator(n)
    const [initial, g] = [floats(n, () => uniform() - 0.5), floats(n, () => uniform() - 0.5)]
    const after = async (steps: (run: Run) => void) => {
      const run = await start(make(), initial)
      run.fn.feed('g', g)
      steps(run)
      return run.session.variables.map((v) => [v.attrs.name, new Int32Array(run.session.values(v).slice().buffer)])
    }
    const one = await after(({ fn }) => fn.run(3))
    for (const threads of [2, 3, THREADS]) {
      expect(await after(({ fn }) => [1, 2, 3].forEach(() => runDivided({ fn, outputs: [] }, threads)))).toEqual(one)
    }
  })
})

describe('Adam as other software computes it', () => {
  type Golden = { name: string; op: string; attrs: { epsilon_hat: boolean }; y: { offset: number } }
  const text = readFileSync(new URL('./golden/ops.json', import.meta.url), 'utf8')
  const { cases: golden } = JSON.parse(text) as { cases: Golden[] }
  const bytes = readFileSync(new URL('./golden/ops.f64', import.meta.url))
  it.each(golden.filter((c) => c.op === 'adam').map((c) => [c.name, c] as const))('%s', async (_, { attrs, y }) => {
    const { session, fn, x } = await start(adam({ epsilonHat: attrs.epsilon_hat }), lcg(9001, 12, 1))
    for (let t = 1; t <= 5; t++) {
      fn.feed('g', lcg(9001 + t, 12, [0.01, 0.1, 1, 10, 100][t - 1])).run(1)
      for (let i = 0; i < 12; i++) {
        const expected = bytes.readDoubleLE((y.offset + (t - 1) * 12 + i) * 8)
        expect(Math.abs(session.values(x)[i]! - expected), `step ${t}, element ${i}`).toBeLessThan(t * 2 ** -24)
      }
    }
  })
})

describe("a layer's learningRateMultiplier", () => {
  const after = async (make: (rate: number) => Optimizer, rate: number, learningRateMultiplier: number | undefined) => {
    const session = await newSession()
    const initial = Float32Array.of(1, -2, 3, 0.5, 7)
    const own = layer('own', { learningRateMultiplier }, (shape, add) => {
      const x = add('x', shape, (s) => constant(initial, s))
      return () => x
    })
    const x = own.apply(input('g', [5]), new Pass(true)) as Variable
    const fn = session.compile({ group: 'train', stages: [{ updates: make(rate).apply([input('g', [5])], [x]) }] })
    fn.feed('g', [1, 2, -3, 1e-3, 0.1]).run(5)
    return Array.from(session.values(x))
  }
  it.each<[string, (learningRate: number) => Optimizer]>([
    ['sgd', (learningRate) => sgd({ learningRate })],
    ['momentum', (learningRate) => sgd({ learningRate, momentum: 0.9 })],
    ['Nesterov momentum', (learningRate) => sgd({ learningRate, momentum: 0.9, nesterov: true })],
    ['rmsprop', (learningRate) => rmsprop({ learningRate })],
    ['rmsprop with momentum', (learningRate) => rmsprop({ learningRate, momentum: 0.5 })],
    ['adam', (learningRate) => adam({ learningRate })],
    ['adamW', (learningRate) => adamW({ learningRate, weightDecay: 0.1 })],
  ])('of %s: as a rate of so much, for its parameters alone', async (_, make) => {
    const quarter = await after(make, 0.125, 0.25)
    expect(quarter).toEqual(await after(make, 0.03125, undefined))
    expect(quarter).not.toEqual(await after(make, 0.125, 1))
    expect(await after(make, 0.125, 0)).toEqual([1, -2, 3, 0.5, 7])
  })
  it('is refused below 0', () => {
    expect(() => dense({ units: 1, learningRateMultiplier: -1 }))
      .toThrow(new RangeError('dense: learningRateMultiplier is -1, expected 0 or more'))
  })
})

describe('state', () => {
  const one = () => Float32Array.of(1)

  it('is kept in slots named after optimizer and variable', async () => {
    const { session } = await start(adam({ name: 'fast' }), one())
    expect(session.variables.map((v) => [v.attrs.name, v.attrs.role])).toEqual([
      ['fast/momentum/x', 'slot'], ['fast/state', 'slot'], ['fast/velocity/x', 'slot'], ['x', 'parameter'],
    ])
  })

  it.each([sgd, rmsprop, adam, adamW])('holds the learning rate, which the host may change: %#', async (make) => {
    const { session, fn, x, optimizer } = await start(make({ learningRate: 0.5 }), one())
    fn.feed('g', [1]).run(1)
    const moved = session.values(x)[0]!
    expect(moved).toBeLessThan(0.9)
    session.values(optimizer.state)[LEARNING_RATE] = 0
    fn.run(5)
    expect(session.values(x)[0]).toBe(moved)
  })

  it('counts the steps of all functions that share the optimizer', async () => {
    const { session, x, fn, optimizer } = await start(adam(), one())
    const updates = optimizer.apply([input('other', [1])], [x])
    const second = session.compile({ group: 'train', stages: [{ updates }] })
    fn.feed('g', [1]).run(3)
    second.feed('other', [1]).run(2)
    expect(session.values(optimizer.state)[1]).toBe(5)
  })

  it('stays finite where the count ends', async () => {
    const { session, x, fn, optimizer } = await start(adam(), one())
    session.values(optimizer.state)[1] = 2 ** 24
    fn.feed('g', [1]).run(3)
    expect(session.values(optimizer.state)[1]).toBe(2 ** 24)
    expect(session.values(x)[0]).toBeLessThan(1)
  })

  it('two optimizers of one name are refused', async () => {
    const { session, x } = await start(adam(), one())
    const updates = adam().apply([input('g', [1])], [x])
    expect(() => session.compile({ group: 'other', stages: [{ updates }] })).toThrow(/named 'adam\//)
  })
})

describe('refusals', () => {
  it.each([
    [() => adam({ beta1: 1 }), /adam: beta1 is 1, expected 0 or more and less than 1/],
    [() => adamW({ weightDecay: -1 }), /adamW: weightDecay is -1/],
    [() => adam({ learningrate: 1 } as object), /adam: there is no option 'learningrate'; it takes learningRate, name, beta1/],
    [() => adam({ learningRate: '1' as unknown as number }), /adam: learningRate is '1', expected 0 or more/],
    [() => adam(0.1), /adam: the options are 0.1, expected an object with learningRate/],
    [() => rmsprop({ epsilon: -1 }), /rmsprop: epsilon is -1, expected 0 or more/],
    [
      () => {
        const [x, g] = [variable('x', [1], () => constant([1])), input('g', [1])]
        return sgd().apply([g, g], [x, x])
      },
      /^RangeError: sgd: the variable 'x' is given twice; give it once, with the sum of its gradients/,
    ],
    [() => adam().apply([], [variable('x', [1], () => constant([1]))]), /adam: 0 gradients for 1 variables, expected one for each/],
    [() => sgd({ learningRate: NaN }), /sgd: learningRate is NaN/],
    [() => sgd({ nesterov: true }), /sgd: nesterov needs a momentum/],
    [() => rmsprop({ rho: 2 }), /rmsprop: rho is 2/],
    [
      () => sgd().apply([input('g', [3])], [variable('x', [2], () => constant([1, 2]))]),
      /gradient's shape \[3\] is not the variable's \[2\]/,
    ],
  ])('%#', (make, message) => {
    const said = (() => {
      try { make() } catch (error) { return String(error) }
    })()
    expect(said).toMatch(message)
  })
})
