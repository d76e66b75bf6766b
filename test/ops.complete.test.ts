// Every op has a spec: each record in src/ops, and those that only gradients of any order bring up. So has every loss.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { topological, isLeaf } from '../src/graph/walk.ts'
import { gradients } from '../src/autodiff/gradients.ts'
import { input } from '../src/graph/leaves.ts'
import type { Op, Tensor } from '../src/graph/tensor.ts'
import * as losses from '../src/nn/namespaces/losses.ts'
import { mul } from '../src/ops/arithmetic.ts'
import { sum } from '../src/ops/reduce.ts'
import type { OpCases } from '../src/verify/cases/case.ts'
import { opCases } from '../src/verify/cases/index.ts'
import { specs } from './specs/index.ts'

/** Ops that no spec can drive, and what tests them instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  assign: 'changes a variable: test/updates.test.ts',
  movingAverage: 'changes a variable: test/updates.test.ts',
  dataset: 'a leaf: test/batch.test.ts',
  randomUniform: 'has no inputs: test/random.test.ts',
  randomNormal: 'has no inputs: test/random.test.ts',
  truncatedNormal: 'has no inputs: test/random.test.ts',
  bernoulli: 'has no inputs: test/random.test.ts',
  step: 'reads counters: test/step.test.ts',
  batch: 'reads a dataset and counters: test/batch.test.ts',
  accumulated: 'an alias: test/models/accumulate.test.ts',
  stopGradient: 'an alias; its spec multiplies by it',
  reluGrad: 'the gradients of relu, first and second',
  leakyReluGrad: 'the gradients of leakyReLU, first and second',
  eluGrad: 'the gradients of elu, first and second',
  tanhGrad: 'the gradients of tanh, first and second',
  sigmoidGrad: 'the gradients of sigmoid, first and second',
  softplusGrad: 'the gradients of softplus, first and second',
}

const isOp = (value: unknown): value is Op =>
  typeof value === 'object' && value !== null && ['calls', 'shape', 'gradient'].every((key) => key in value)
const folder = new URL('../src/ops/', import.meta.url)

it('each record is exported, so that the next test sees it', () => {
  const hidden = readdirSync(folder).filter((name) => name.endsWith('.ts')).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    return [...text.matchAll(/^const (\w+Op\b|\w+: Op\b).*/gm)].map(([line]) => `${file}: ${line}`)
  })
  expect(hidden).toEqual([])
})

it('each op has a spec', async () => {
  const known = new Map<string, string>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const exported = (await import(new URL(file, folder).href)) as Record<string, unknown>
    for (const value of Object.values(exported)) if (isOp(value)) known.set(value.name, file)
  }
  const direct = new Set<string>()
  for (const spec of specs) {
    const [c] = spec.cases
    const inputs = c!.shapes.map((shape, i) => input(`x${i}`, shape))
    const y = c!.apply(...inputs)
    const meet = (roots: readonly Tensor[], where: string) => {
      const inner = topological(roots).filter((t) => !isLeaf(t) && !known.has(t.op.name))
      for (const t of inner) known.set(t.op.name, `${where} of '${spec.op}'`)
    }
    meet([y], 'the graph')
    for (const d of spec.cases) direct.add(d.apply(...d.shapes.map((shape, i) => input(`x${i}`, shape))).op.name)
    const wrt = (spec.differentiable ?? inputs.map((_, i) => i)).map((i) => inputs[i]!)
    if (!wrt.length) continue
    const first = gradients(y, wrt, input('dy', y.shape))
    meet(first, 'the gradient')
    if (spec.second === false) continue
    meet(first.flatMap((g) => gradients(sum(mul(g, input('u', g.shape))), wrt)), 'the second gradient')
  }
  const untested = [...known].filter(([name]) => !direct.has(name) && !(name in ELSEWHERE))
  const missing = untested.map(([name, where]) => `${name} (${where})`)
  expect(missing).toEqual([])
  const needless = Object.keys(ELSEWHERE).filter((name) => direct.has(name) || !known.has(name))
  expect(needless, 'reasons that are not needed').toEqual([])
})

it('the specs are of the very cases that `verify` runs', () => {
  const names = (list: readonly OpCases[]) => list.map((s) => `${s.op} ${s.cases.length}`).sort()
  expect(names(specs)).toEqual(names(opCases))
})

it('each loss has cases', () => {
  const names = opCases.map(({ op }) => op.replace(/\(.*/, ''))
  expect(Object.keys(losses).filter((name) => !names.includes(name))).toEqual([])
})
