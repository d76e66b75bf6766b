// Checkpointing: the same bits in less memory. On random graphs every item that is there twice reads what its first one read.
import { expect, it, test } from 'vitest'
import { checkpointing } from '../../src/compiler/checkpointing.ts'
import { plan } from '../../src/compiler/plan.ts'
import { compile, type FunctionSpec } from '../../src/compiler/program.ts'
import { recompute } from '../../src/compiler/recompute.ts'
import type { Item, Schedule } from '../../src/compiler/schedule.ts'
import { constant, input, isVariable, type Variable, variable } from '../../src/graph/leaves.ts'
import { Tensor } from '../../src/graph/tensor.ts'
import { changedBy, memoryOf } from '../../src/graph/walk.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import * as ops from '../../src/ops/index.ts'
import { madeUp } from '../../src/verify/draw.ts'
import { newSession } from '../harness.ts'
import { planFaults } from './plan_check.ts'
import { randomGraph } from './random_graph.ts'

/** What an item's value is made of, in words: ops, and variables with how often they had changed when they were read. */
function valuesOf({ items }: Schedule): Map<Item, string> {
  const versions = new Map<Tensor, number>()
  const values = new Map<Item, string>()
  const numbers = new Map<string, number>()
  const read = (x: Item | Tensor, node: Tensor): string => {
    const memory = memoryOf(node)
    if (isVariable(memory)) return `${memory.id}.${versions.get(memory) ?? 0}`
    return x instanceof Tensor ? String(x.id) : values.get(x)!
  }
  for (const item of items) {
    const text = `${item.node.id}(${item.inputs.map((x, i) => read(x, item.node.inputs[i]!)).join()})`
    if (!numbers.has(text)) numbers.set(text, numbers.size)
    values.set(item, `#${numbers.get(text)}`)
    if (item.node.op.effect) for (const v of changedBy(item.node)) versions.set(v, (versions.get(v) ?? 0) + 1)
  }
  return values
}

test('random graphs: what is computed again has the value that it had, and every plan is sound', { timeout: 120_000 }, () => {
  let added = 0
  for (let seed = 1; seed <= 400; seed++) {
    const stages = randomGraph(seed).map(({ outputs, updates }, s) => (
      { outputs: Object.fromEntries(outputs.map((t, i) => [`${s}.${i}`, t])), updates }))
    const { schedule, plan: { lowerBound } } = compile({ group: 'test', stages })
    const made = recompute(schedule, 1, 0.2)
    added += made.items.length - schedule.items.length
    const sound = plan(made)
    expect(planFaults(made, sound), `seed ${seed}`).toEqual([])
    expect(sound.lowerBound).toBeLessThanOrEqual(lowerBound)
    const [before, after] = [valuesOf(schedule), valuesOf(made)]
    // Each value was there before, and those of effects and outputs are what they were.
    expect([...new Set(after.values())].sort(), `seed ${seed}`).toEqual([...new Set(before.values())].sort())
    const held = ({ outputs }: Schedule, values: Map<Item, string>) => outputs.map((stage) =>
      [...stage.values()].map((x) => (x instanceof Tensor ? x.id : values.get(x))))
    expect(held(made, after), `seed ${seed}`).toEqual(held(schedule, before))
  }
  expect(added).toBeGreaterThan(2000)
})

/** Two steps of a function: its plan, and all variables. */
async function trained(spec: () => FunctionSpec, images: Float32Array, schedule?: typeof checkpointing) {
  const session = await newSession()
  const fn = session.compile(spec(), { schedule })
  fn.feed('images', images)
  expect(fn.run(2)).toBe(2)
  return { bytes: fn.plan.peakBytes, values: session.variables.map((v) => [v.attrs.name, session.values(v).slice()]) }
}

it('updates see variables as they were when the stage began, whichever comes first', async () => {
  const trainedBy = async (schedule?: typeof checkpointing) => {
    const session = await newSession()
    const [a, b, c] = ['a', 'b', 'c'].map((name, i) => variable(name, [3], () => constant(Float32Array.of(i + 1, 2, 3)))) as
      [Variable, Variable, Variable]
    const updates = sgd({ learningRate: 0.5, momentum: 0.9 }).apply([ops.mul(c, 2), a, ops.add(a, b)], [a, b, c])
    const fn = session.compile({ group: 'train', stages: [{ updates }] }, { schedule })
    expect(fn.run(3)).toBe(3)
    return session.variables.map((v) => [v.attrs.name, session.values(v).slice()])
  }
  expect(await trainedBy(checkpointing)).toEqual(await trainedBy())
})

it('dcgan: less memory, the same bits', async () => {
  const definition = dcgan({ filters: [16, 32] })
  const shape = [32, ...definition.imageShape]
  const spec = (): FunctionSpec => ({
    group: 'train', stages: trainingStages(dcgan({ filters: [16, 32] }), { images: input('images', shape) }),
  })
  const images = madeUp(shape.reduce((a, b) => a * b, 1), 1)
  const [kept, again] = [await trained(spec, images), await trained(spec, images, checkpointing)]
  expect(again.values).toEqual(kept.values)
  expect(again.bytes).toBeLessThan(0.7 * kept.bytes)
})
