// Every op at every case's inputs: one function, and so one tape, an op, with the values and the gradients of all cases.
import { gradients } from '../../autodiff/gradients.ts'
import { input } from '../../graph/leaves.ts'
import { type Tensor } from '../../graph/tensor.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { drawInputs, type OpCases } from '../cases/case.ts'
import { opCases } from '../cases/index.ts'
import { madeUp } from '../draw.ts'
import { type Run, runOf, type TapeRecipe } from '../recipe.ts'

export const ops: readonly TapeRecipe[] = opCases.map((given) => (
  { name: `op/${given.op}`, prepare: (runtime) => prepare(runtime, given) }
))

async function prepare(runtime: Runtime, given: OpCases): Promise<Run> {
  const session = await runtime.session()
  const fed = new Map<string, Float32Array>()
  const outputs: Record<string, Tensor> = {}
  given.cases.forEach(({ shapes, apply }, c) => {
    const seed = c + 1
    const xs = shapes.map((shape, i) => input(`x${c}.${i}`, shape))
    drawInputs(given, shapes, seed).forEach((values, i) => fed.set(`x${c}.${i}`, values))
    const y = outputs[`y${c}`] = apply(...xs)
    const wrt = (given.differentiable ?? xs.map((_, i) => i)).map((i) => xs[i]!)
    if (!wrt.length) return
    fed.set(`dy${c}`, madeUp(y.size, seed + 1000))
    gradients(y, wrt, input(`dy${c}`, y.shape)).forEach((dx, i) => { outputs[`dx${c}.${i}`] = dx })
  })
  const fn = session.compile({ group: 'verify', stages: [{ outputs }] })
  for (const name of fn.inputNames) fn.feed(name, fed.get(name)!)
  return runOf(session, fn, 1)
}
