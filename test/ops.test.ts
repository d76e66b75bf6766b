// Every op against its spec: values, guards, threads, directional gradients of first and second order.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { sizeOf, type Tensor } from '../src/graph/tensor.ts'
import { add, mul } from '../src/ops/arithmetic.ts'
import { sum } from '../src/ops/reduce.ts'
import { evaluate, floats, generator } from './harness.ts'
import { array64, expectValues } from './values.ts'
import { specs } from './specs/index.ts'
import type { Case } from './specs/spec.ts'

const shifted = (x: ArrayLike<number>, by: number, v: ArrayLike<number>) => Float64Array.from(x, (e, i) => e + by * v[i]!)
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Float64Array.from(a, (e, i) => e * b[i]!).reduce((s, e) => s + e, 0)
const size = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Float64Array.from(a, (e, i) => Math.abs(e * b[i]!)).reduce((s, e) => s + e, 0)
const total = (parts: Tensor[]): Tensor => parts.reduce((a, b) => add(a, b))

const title = (c: Case) => c.name ?? c.shapes.map((s) => `[${s}]`).join(' ')

describe.each(specs.map((s) => [s.op, s] as const))('%s', (_, spec) => {
  it.each(spec.cases.map((c, i) => [title(c), c, i + 1] as const))('%s', async (_name, c, seed) => {
    const { session, inputs, y, expected } = await expectValues(spec, c, seed)
    const wrt = spec.differentiable ?? c.shapes.map((_, i) => i)
    if (!wrt.length) return
    const uniform = generator(seed + 1000)
    const draw = (n: number) => floats(n, () => (uniform() < 0.5 ? -1 : 1) * (0.5 + uniform()))
    const dy = draw(y.length)
    const directions = c.shapes.map((s, i) => (wrt.includes(i) ? draw(sizeOf(s)) : new Float32Array(sizeOf(s))))
    const yShape = expected.shape
    const L = (...terms: [number, readonly ArrayLike<number>[]][]) => {
      let xs: ArrayLike<number>[] = [...inputs, dy]
      for (const [h, v] of terms) xs = xs.map((x, i) => (v[i] ? shifted(x, h, v[i]) : x))
      return dot(xs.at(-1)!, c.reference(...c.shapes.map((s, i) => array64(s, xs[i]!))).data)
    }

    const h = 1e-5
    const numeric = (L([h, directions]) - L([-h, directions])) / (2 * h)
    const allShapes = [...c.shapes, yShape]
    const grads = evaluate(session, allShapes, (...xs) => {
      const upstream = xs.at(-1)!
      return gradients(c.apply(...xs.slice(0, -1)), wrt.map((i) => xs[i]!), upstream)
    }, [...inputs, dy])
    const analytic = wrt.reduce((s, i, at) => s + dot(grads[at]!, directions[i]!), 0)
    const scale = wrt.reduce((s, i, at) => s + size(grads[at]!, directions[i]!), 0)
    const tolerance = spec.gradientTolerance ?? 1e-5
    const message = `gradient: ${analytic}, numerically ${numeric} (case seed ${seed})`
    expect(Math.abs(analytic - numeric), message).toBeLessThanOrEqual(tolerance * (scale + 1e-3))

    if (spec.second === false) return
    // d/ds d/dt of L at x + s·v + t·u, where u moves the inputs and v the inputs and dy.
    const us = c.shapes.map((s, i) => (wrt.includes(i) ? draw(sizeOf(s)) : new Float32Array(sizeOf(s))))
    const vs = [...directions, draw(y.length)]
    const k = 3e-4
    const mixed = (L([k, us], [k, vs]) - L([k, us], [-k, vs]) - L([-k, us], [k, vs]) + L([-k, us], [-k, vs])) / (4 * k * k)
    const seconds = evaluate(session, [...allShapes, ...wrt.map((i) => c.shapes[i]!)], (...xs) => {
      const upstream = xs[c.shapes.length]!
      const ds = gradients(c.apply(...xs.slice(0, c.shapes.length)), wrt.map((i) => xs[i]!), upstream)
      const along = total(ds.map((d, at) => sum(mul(d, xs[allShapes.length + at]!))))
      return gradients(along, [...wrt.map((i) => xs[i]!), upstream])
    }, [...inputs, dy, ...wrt.map((i) => us[i]!)])
    const against = [...wrt.map((i) => vs[i]!), vs.at(-1)!]
    const second = seconds.reduce((s, g, at) => s + dot(g, against[at]!), 0)
    const secondScale = seconds.reduce((s, g, at) => s + size(g, against[at]!), 0)
    expect(Math.abs(second - mixed), `second order: ${second}, numerically ${mixed} (case seed ${seed})`).toBeLessThanOrEqual(
      10 * tolerance * (secondScale + scale + 1e-3),
    )
  // The largest reference takes a quarter of a minute, and four times that on a crowded machine.
  }, 180_000)
})
