// Elementwise ops where arithmetic has corners: zeros of both signs, infinities, NaN, the largest and smallest numbers.
import { gradients } from '../../autodiff/gradients.ts'
import { input } from '../../graph/leaves.ts'
import { type Tensor } from '../../graph/tensor.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { activation } from '../cases/activation.ts'
import { arithmetic } from '../cases/arithmetic.ts'
import type { OpCases } from '../cases/case.ts'
import { compare } from '../cases/compare.ts'
import { rounding, unary } from '../cases/unary.ts'
import { type Run, runOf, type TapeRecipe } from '../recipe.ts'

/** f32's smallest denormal, largest denormal, smallest normal and largest number, 1 and its neighbours, and more. */
const POSITIVE = [
  0, 1.401298464324817e-45, 1.1754942106924411e-38, 1.1754943508222875e-38, 1e-20, 0.9999999403953552, 1, 1.0000001192092896,
  88.72283172607422, 88.7228466796875, 103.9720764160156, 104, 16777216, 2147483648, 3.4028234663852886e38, Infinity,
]
const AT = [...POSITIVE, ...POSITIVE.map((x) => -x), NaN]

const arity = ({ cases }: OpCases): number => cases[0]!.shapes.length

/** A recipe an op, so that one that is added moves no other's digest. */
export const special: readonly TapeRecipe[] = [...unary, ...rounding, ...activation, ...arithmetic, ...compare]
  .filter((given) => arity(given) < 3)
  .map((given) => ({ name: `special/${given.op}`, prepare: (runtime) => prepare(runtime, given) }))

/** A function of one or two tensors, with its gradients, at all values or pairs of them. */
async function prepare(runtime: Runtime, { op, cases, differentiable }: OpCases): Promise<Run> {
  const session = await runtime.session()
  const values = cases[0]!.shapes.length === 1 ? [AT] : [AT.flatMap((a) => AT.map(() => a)), AT.flatMap(() => AT)]
  const xs = values.map((v, i) => input(`x${i}`, [v.length]))
  const y = cases[0]!.apply(...xs)
  const outputs: Record<string, Tensor> = { [op]: y }
  const wrt = (differentiable ?? xs.map((_, i) => i)).map((i) => xs[i]!)
  if (wrt.length) gradients(y, wrt, input('dy', y.shape)).forEach((dx, i) => { outputs[`${op}, gradient ${i}`] = dx })
  const fn = session.compile({ group: 'verify', stages: [{ outputs }] })
  for (const name of fn.inputNames) {
    const given = values[xs.findIndex((_, i) => name === `x${i}`)]
    fn.feed(name, given ?? new Float32Array(values[0]!.length).fill(1))
  }
  return runOf(session, fn, 1)
}
