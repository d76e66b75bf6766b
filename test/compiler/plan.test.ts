// The memory plan on random graphs and on the models: sound, tight, and without effect on any number.
import { describe, expect, it } from 'vitest'
import { trainingSpec } from '../../src/bench/step.ts'
import { topological, isLeaf } from '../../src/graph/walk.ts'
import { constant, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { compile as compileProgram } from '../../src/compiler/program.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { models } from '../../src/models/kinds.ts'
import type { CompiledFunction } from '../../src/runtime/function.ts'
import type { Session } from '../../src/runtime/session.ts'
import * as ops from '../../src/ops/index.ts'
import { floats, generator, newSession, THREADS } from '../harness.ts'
import { planFaults } from './plan_check.ts'
import { randomGraph, type RandomStage } from './random_graph.ts'

const GRAPHS = 400
const BATCHES = 8

/** The graph's function; `pinned`: every node is an output, so none gives its memory away and none is fused. */
function compile(session: Session, stages: readonly RandomStage[], pinned: boolean): CompiledFunction {
  const all = (s: RandomStage) => topological([...s.outputs, ...s.updates.flatMap((u) => u.inputs)]).filter((t) => !isLeaf(t))
  return session.compile({
    group: 'test',
    stages: stages.map((s, i) => {
      const name = (kind: string) => (t: Tensor, j: number) => [`${kind} ${i}.${j}`, t] as const
      const outputs = [...s.outputs.map(name('output')), ...(pinned ? all(s).map(name('node')) : [])]
      return { outputs: Object.fromEntries(outputs), updates: s.updates }
    }),
  })
}

/** Outputs and variables after two steps. */
function results(fn: CompiledFunction, stages: readonly RandomStage[], seed: number): Record<string, Float32Array> {
  const uniform = generator(seed + 1)
  for (const [name, size] of [['a', 24], ['b', 6]] as const) {
    const values = floats(size, () => 2 * uniform() - 1)
    if (fn.inputNames.includes(name)) fn.feed(name, values)
  }
  fn.run(2)
  const names = stages.flatMap((s, i) => s.outputs.map((_, j) => `output ${i}.${j}`))
  const outputs = names.map((name) => [name, fn.read(name)] as const)
  const variables = fn.session.variables.map((v) => [v.attrs.name, fn.session.values(v).slice()] as const)
  return Object.fromEntries([...outputs, ...variables])
}

describe('random graphs', () => {
  let [saved, pinnedBytes, ratio] = [0, 0, 0]
  it.each(Array.from({ length: BATCHES }, (_, i) => [i * (GRAPHS / BATCHES) + 1]))('seeds from %i', async (from) => {
    for (let seed = from; seed < from + GRAPHS / BATCHES; seed++) {
      const stages = randomGraph(seed)
      const planned = compile(await newSession(), stages, false)
      const separate = compile(await newSession(), stages, true)
      for (const fn of [planned, separate]) expect(planFaults(fn.schedule, fn.plan, THREADS), `seed ${seed}`).toEqual([])
      expect(results(planned, stages, seed), `seed ${seed}`).toEqual(results(separate, stages, seed))
      saved += planned.plan.peakBytes
      pinnedBytes += separate.plan.peakBytes
      ratio = Math.max(ratio, planned.plan.peakBytes / planned.plan.lowerBound)
    }
  })
  it('uses memory again', () => {
    // The check would say nothing of a plan in which nothing shares memory.
    expect(saved / pinnedBytes).toBeLessThan(0.7)
    const used = (saved / pinnedBytes).toFixed(2)
    console.log(`random graphs: ${used} of the memory without a plan; at worst ${ratio.toFixed(2)} of the lower bound`)
  })
})

it('a figure that two stages report is that of each', async () => {
  const session = await newSession()
  const v = variable('v', [1], () => constant([3]))
  const loss = ops.sum(ops.square(v))
  const updates = [ops.assign(v, ops.mul(v, 2))]
  const fn = session.compile({ group: 'test', stages: [{ outputs: { before: loss }, updates }, { outputs: { after: loss } }] })
  fn.run(1)
  expect([fn.read('before')[0], fn.read('after')[0]]).toEqual([9, 36])
})

/** At their own shape, and at one that has more halvings. */
const SHAPES = [[64, {}], [16, { imageShape: [64, 64, 3] }]] as const

describe('the models', () => {
  const all = Object.entries(models).flatMap(([name, define]) => SHAPES.map(([batch, options]) => {
    const definition = (define as (options: object) => ModelDefinition)(options)
    return [`${name}, ${definition.imageShape.join('x')}, batch ${batch}`, definition, batch] as const
  }))
  it.each(all)('%s', (title, definition, batch) => {
    const { schedule, plan } = compileProgram(trainingSpec(definition, batch))
    expect(planFaults(schedule, plan)).toEqual([])
    const { peakBytes, lowerBound } = plan
    const megabytes = (peakBytes / 1048576).toFixed(2)
    console.log(`${title}: ${megabytes} MB, ${(peakBytes / lowerBound).toFixed(3)} of the lower bound`)
    expect(peakBytes / lowerBound).toBeLessThan(1.1)
  })
})
