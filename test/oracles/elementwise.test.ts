import { expect, it } from 'vitest'
import { add, mul, div } from '../../src/ops/index.ts'
import { newSession } from '../harness.ts'
import { cases, runCase, valuesOf, worstError, type Build } from './cases.ts'

const builds: Record<string, Build> = {
  add: ({ a, b }) => add(a!, b!),
  mul: ({ a, b }) => mul(a!, b!),
  div: ({ a, b }) => div(a!, b!),
}
it.each(cases.filter((c) => c.op in builds).map((c) => [c.name, c] as const))('%s', async (_, c) => {
  const { y, grads } = runCase(await newSession(), c, builds[c.op]!)
  expect(worstError(y, valuesOf(c.y)).error).toBeLessThan(1e-6)
  for (const [k, g] of Object.entries(grads)) expect(worstError(g, valuesOf(c.grads[k]!)).error).toBeLessThan(1e-5)
})
