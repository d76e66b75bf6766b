// Elementwise ops and losses against PyTorch, values and gradients, each element by itself.
import { describe, expect, it } from 'vitest'
import { gaussianKL, sigmoidCrossEntropy } from '../../src/nn/losses.ts'
import * as ops from '../../src/ops/index.ts'
import { newSession } from '../harness.ts'
import { type Build, cases, inputsOf, runCase, valuesOf, worstError } from './cases.ts'

const builds: Record<string, Build> = {
  add: ({ a, b }) => ops.add(a!, b!),
  mul: ({ a, b }) => ops.mul(a!, b!),
  div: ({ a, b }) => ops.div(a!, b!),
  relu: ({ x }) => ops.relu(x!),
  leaky_relu: ({ x }, { alpha }) => ops.leakyReLU(x!, alpha),
  elu: ({ x }) => ops.elu(x!),
  tanh: ({ x }) => ops.tanh(x!),
  sigmoid: ({ x }) => ops.sigmoid(x!),
  softplus: ({ x }) => ops.softplus(x!),
  exp: ({ x }) => ops.exp(x!),
  expm1: ({ x }) => ops.expm1(x!),
  log: ({ x }) => ops.log(x!),
  log1p: ({ x }) => ops.log1p(x!),
  sqrt: ({ x }) => ops.sqrt(x!),
  rsqrt: ({ x }) => ops.rsqrt(x!),
  square: ({ x }) => ops.square(x!),
  abs: ({ x }) => ops.abs(x!),
  sin: ({ x }) => ops.sin(x!),
  cos: ({ x }) => ops.cos(x!),
  erf: ({ x }) => ops.erf(x!),
  bce_with_logits: ({ x }, { target }) => sigmoidCrossEntropy(target, x!),
  gaussian_kl: ({ mean, logvar }) => gaussianKL(mean!, ops.exp(ops.mul(logvar!, 0.5))),
}

/** Relative errors allowed, every element by itself: 2^-24 is one rounding; a value has 3, a gradient 5. */
const VALUE = 2e-7
const GRADIENT = 3e-7

/** Absolute errors forgiven on top, and why. */
const exceptions: Record<string, { value?: number; gradient?: number }> = {
  // The gradient is taken in y, and y nears 1 (or −1) in steps of 2^-24: so does what is left to the limit.
  tanh: { gradient: 2 ** -23 },
  sigmoid: { gradient: 2 ** -24 },
  // The same for the gradient. The value: PyTorch computes e^x − 1 and loses −1e-20 to 0.
  elu: { value: 2 ** -53, gradient: 2 ** -24 },
  // PyTorch's gradient is y + 1, rounded to doubles near 1; ours is e^x and right.
  expm1: { gradient: 2 ** -53 },
  // PyTorch 1.13's logaddexp computes log(1 + e^x): off by a rounding of 1 + e^x. test/special.test.ts looks closer.
  softplus: { value: 2 ** -53 },
  bce_with_logits: { value: 2 ** -53 },
  // ½(σ² − 1) cancels near σ = 1.
  gaussian_kl: { gradient: 2 ** -24 },
}

const mine = cases.filter((c) => c.op in builds)

describe('PyTorch', () => {
  it('has a case for each op here', () => {
    expect(new Set(mine.map((c) => c.op))).toEqual(new Set(Object.keys(builds)))
  })
  it.each(mine.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const { y, grads } = runCase(await newSession(), c, builds[c.op]!)
    const { value, gradient } = exceptions[c.op] ?? {}
    const given = Object.entries(inputsOf(c))
    const show = ({ at }: { at: number }) => `at ${at} (${given.map(([name, x]) => `${name} = ${x[at]}`).join()})`
    const worst = worstError(y, valuesOf(c.y), 0, value)
    expect(worst.error, `value ${show(worst)}`).toBeLessThanOrEqual(VALUE)
    for (const [name, ref] of Object.entries(c.grads)) {
      const worst = worstError(grads[name]!, valuesOf(ref), 0, gradient)
      expect(worst.error, `gradient of ${name} ${show(worst)}`).toBeLessThanOrEqual(GRADIENT)
    }
  })
})
