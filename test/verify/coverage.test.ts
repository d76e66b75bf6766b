// Nothing that computes is left out of `verify`: every op record, every kernel of the core, every model.
import { readdirSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { topological } from '../../src/graph/walk.ts'
import { halvingsOf } from '../../src/compiler/marks.ts'
import type { Op } from '../../src/graph/tensor.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { coreBytes } from '../../src/runtime/cores.ts'
import { CompiledFunction } from '../../src/runtime/function.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { Session } from '../../src/runtime/session.ts'
import type { Numbers } from '../../src/verify/digest.ts'
import { recipeNames } from '../../src/verify/index.ts'
import { numbersOf } from '../../src/verify/recipe.ts'
import { recipes } from '../../src/verify/recipes/index.ts'
import { threaded } from '../threads/threads.ts'

const isOp = (value: unknown): value is Op =>
  typeof value === 'object' && value !== null && ['calls', 'shape', 'gradient'].every((key) => key in value)

/** What the recipes have built and run: names of ops and kernels. */
const met = { ops: new Set<string>(), kernels: new Set<string>() }
const runtime = await createRuntime()

const compile = Session.prototype.compile
vi.spyOn(Session.prototype, 'compile').mockImplementation(function (this: Session, spec) {
  const roots = spec.stages.flatMap(({ outputs = {}, metrics = {}, updates = [] }) => (
    [...Object.values(outputs), ...Object.values(metrics), ...updates]
  ))
  for (const { op } of topological(roots)) met.ops.add(op.name)
  return compile.call(this, spec)
})
const run = CompiledFunction.prototype.run
vi.spyOn(CompiledFunction.prototype, 'run').mockImplementation(function (this: CompiledFunction, steps) {
  for (const { kernel } of this.tape.calls) met.kernels.add(kernel)
  for (const { node } of this.schedule.items) met.ops.add(node.op.name)
  return run.call(this, steps)
})
const numbers = new Map<string, Numbers[]>()
for (const recipe of recipes) numbers.set(recipe.name, await numbersOf(recipe, runtime))

// What only threads run.
const shared = await threaded({ threads: 2 })
const cut = new Set<string>()
for (const recipe of recipes.filter(({ name }) => name.startsWith('large/'))) {
  vi.mocked(CompiledFunction.prototype.run).mockImplementationOnce(function (this: CompiledFunction, steps) {
    for (const { at, kernel } of this.tape.calls) {
      met.kernels.add(kernel)
      if (halvingsOf(this.tape.words[at + 1]!)) cut.add(recipe.name)
    }
    return run.call(this, steps)
  })
  await numbersOf(recipe, shared)
}
await shared.close()

it('every op record is built by a recipe', async () => {
  const folder = new URL('../../src/ops/', import.meta.url)
  const known = new Set<string>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const exported = (await import(new URL(file, folder).href)) as Record<string, unknown>
    for (const value of Object.values(exported)) if (isOp(value)) known.add(value.name)
  }
  expect(known.size).toBeGreaterThan(40)
  expect([...known].filter((name) => !met.ops.has(name))).toEqual([])
})

/** Kernels that no recipe runs, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  peak_f32: 'measures how fast a machine multiplies: src/bench/peak.ts',
  random_bits: 'the words behind all draws, for known answers: test/random.test.ts',
}

it('every large recipe has parts that threads take from each other', () => {
  expect([...cut]).toEqual(recipeNames.filter((name) => name.startsWith('large/')))
})

it('every kernel of the core is run by a recipe', async () => {
  const { core } = await runtime.session()
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(await coreBytes('deterministic', false)))
  const kernels = exported.map(({ name }) => name).filter((name) => {
    try {
      return core.kernel(name) > 0
    } catch {
      return false
    }
  })
  expect(kernels.length).toBeGreaterThan(50)
  expect(kernels.filter((name) => !met.kernels.has(name))).toEqual(Object.keys(ELSEWHERE))
})

it('every model is trained by a recipe, one of 200 steps from several seeds', () => {
  for (const kind of modelNames) {
    expect(recipeNames.filter((name) => name.startsWith(`train/${kind}/`)).length, kind).toBe(models[kind].verify.steps ? 1 : 3)
    expect(recipeNames).toContain(`model/${kind}`)
  }
})

it('what is digested are finite numbers, so that a NaN hides nothing', () => {
  const odd = [...numbers].filter(([, parts]) => parts.some((part) => part.some((x) => !Number.isFinite(x))))
  expect(odd.filter(([name]) => !name.startsWith('special/'))).toEqual([])
  expect(odd.length).toBeGreaterThan(10)
  for (const [name, parts] of numbers) expect(parts.some((part) => part.some((x) => x !== 0)), name).toBe(true)
})
