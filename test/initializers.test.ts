// Initialisers: range and variance of what the core draws, fans by kind of weight, reproducibility.
import { describe, expect, it } from 'vitest'
import { type Initializer, variable } from '../src/graph/leaves.ts'
import type { Shape } from '../src/graph/tensor.ts'
import * as init from '../src/nn/initializers.ts'
import { instantiateCore } from '../src/runtime/core.ts'
import { Session } from '../src/runtime/session.ts'
import { runtime } from './harness.ts'
import { momentsOf } from './reference/distributions.ts'

async function initial(initializer: Initializer, shape: Shape, { name = 'w', seed = 1 } = {}): Promise<Float32Array> {
  const session = new Session(await instantiateCore(runtime.module), seed)
  const w = variable(name, shape, initializer)
  session.addVariables([w])
  return session.values(w).slice()
}

describe('fans', () => {
  it.each([
    [[], false, 1, 1],
    [[7], false, 7, 7],
    [[3, 5], false, 3, 5],
    [[4, 2, 3, 5], false, 24, 40],
    [[4, 2, 5, 3], true, 24, 40],
  ] as const)('of %j, transposed %s', (shape, transposed, fanIn, fanOut) => {
    expect(init.fansOf(shape, transposed)).toEqual({ fanIn, fanOut })
  })
})

const CONV: Shape = [5, 5, 40, 60]
const [IN, OUT] = [1000, 1500]
const SWAPPED: Shape = [5, 5, 60, 40]

// Name, initialiser, shape, variance, largest absolute value.
const cases: readonly (readonly [string, Initializer, Shape, number, number])[] = [
  ['randomUniform', init.randomUniform(), [250, 250], 0.01 / 12, 0.05],
  ['randomNormal', init.randomNormal({ stddev: 2 }), [250, 250], 4, Infinity],
  ['truncatedNormal', init.truncatedNormal({ stddev: 2 }), [250, 250], 4 * 0.8796 ** 2, 4],
  ['glorotUniform dense', init.glorotUniform(), [100, 600], 2 / 700, Math.sqrt(6 / 700)],
  ['glorotUniform', init.glorotUniform(), CONV, 2 / (IN + OUT), Math.sqrt(6 / (IN + OUT))],
  ['glorotNormal', init.glorotNormal(), CONV, 2 / (IN + OUT), (2 * Math.sqrt(2 / (IN + OUT))) / 0.8796],
  ['heUniform', init.heUniform(), CONV, 2 / IN, Math.sqrt(6 / IN)],
  ['heNormal', init.heNormal(), CONV, 2 / IN, (2 * Math.sqrt(2 / IN)) / 0.8796],
  ['heNormal transposed', init.heNormal({ transposed: true }), SWAPPED, 2 / IN, (2 * Math.sqrt(2 / IN)) / 0.8796],
  ['fanOut', init.varianceScaling({ scale: 3, mode: 'fanOut', distribution: 'untruncatedNormal' }), CONV, 3 / OUT, Infinity],
]

describe.each(cases)('%s', (_, initializer, shape, variance, limit) => {
  it('has the mean, variance and range it says', async () => {
    const w = await initial(initializer, shape)
    const m = momentsOf(w)
    expect(Math.abs(m.mean)).toBeLessThan(4.5 * Math.sqrt(variance / w.length))
    expect(Math.abs(m.variance / variance - 1)).toBeLessThan(4.5 * Math.sqrt((m.kurtosis - 1) / w.length))
    const largest = w.reduce((a, x) => Math.max(a, Math.abs(x)), 0)
    expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-4))
    if (limit < Infinity) expect(largest).toBeGreaterThan(limit * 0.99)
  })

  it('depends on the seed and the variable’s name', async () => {
    const w = await initial(initializer, shape)
    expect(await initial(initializer, shape)).toEqual(w)
    expect(await initial(initializer, shape, { seed: 2 })).not.toEqual(w)
    expect(await initial(initializer, shape, { name: 'v' })).not.toEqual(w)
  })
})

describe('constants', () => {
  it.each([
    ['zeros', init.zeros(), [0, 0, 0]],
    ['ones', init.ones(), [1, 1, 1]],
    ['constant', init.constant(2.5), [2.5, 2.5, 2.5]],
    ['constant list', init.constant([1, 2, 3]), [1, 2, 3]],
  ] as const)('%s', async (_, initializer, values) => expect([...(await initial(initializer, [3]))]).toEqual([...values]))
})

describe('refusals', () => {
  it.each([
    [() => init.varianceScaling({ scale: 0 }), /scale is 0/],
    [() => init.varianceScaling({ mode: 'fan' as 'fanIn' }), /varianceScaling: mode is 'fan', expected 'fanIn' or 'fanOut' or/],
    [() => init.randomNormal({ stddev: -1 }), /randomNormal: stddev is -1, expected 0 or more/],
    [() => init.truncatedNormal({ std: 1 } as object), /truncatedNormal: there is no option 'std'; it takes mean, stddev/],
    [() => init.randomUniform({ minval: 1 }), /randomUniform: minval 1 is above maxval 0.05/],
    [() => init.heNormal({ transposed: true })([3, 4], 's'), /no transposed convolution's weight/],
    [() => init.constant([1, 2])([3], 's'), /2 values do not fill/],
  ])('%#', (make, message) => expect(make).toThrow(message))
})
