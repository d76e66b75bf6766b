// Every op there is, in the cases that `verify` digests: as ONNX, with its inputs fed, and with all but the first as weights, or
// the refusal, which names the op. And stacks of layers that nobody has thought of.
import { describe, expect, test } from 'vitest'
import { constant, input, scoped } from '../../src/entries/index.ts'
import { drawInputs } from '../../src/verify/cases/case.ts'
import { opCases } from '../../src/verify/cases/index.ts'
import { runtime } from '../harness.ts'
import { both } from './onnx_graph.ts'
import { distance } from './onnx_run.ts'
import { tryStacks } from './stacks.ts'

/** Ops that no encoder or decoder has: gradients; and one that ONNX lacks, unless it is of weights alone. */
const REFUSED = [
  'avgPool2dGrad', 'cholesky', 'conv2dFilterGradient', 'depthwiseConv2dFilterGrad', 'depthwiseConv2dInputGrad', 'maxPool2dGather',
  'maxPool2dGrad', 'resizeBilinearTranspose', 'resizeNearestTranspose',
]

const session = await runtime.session()
describe.each(opCases)('$op', (cases) => {
  test.each(cases.cases.map((of, i) => [of.name ?? of.shapes.map((s) => s.join('×')).join(', ') + ` #${i}`, of] as const))(
    '%s', async (_, { shapes, apply }) => {
      const values = drawInputs(cases, shapes, 17)
      const fed = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, { shape, data: values[i]! }]))
      const inputs = () => shapes.map((shape, i) => input(`x${i}`, shape))
      const first = () => apply(...shapes.map((shape, i) => (i ? constant(values[i]!, shape) : input('x0', shape))))
      // Cases of an op that has several groups of them are named by more than the op.
      const refused = REFUSED.find((op) => cases.op.startsWith(op))
      if (refused) {
        await expect(both(session, () => scoped('here', () => apply(...inputs())), 1, fed)).rejects.toThrow(
          new RegExp(`^'${refused}' in 'here' has no counterpart in ONNX; write the model without it`))
        return
      }
      for (const build of shapes.length > 1 ? [() => apply(...inputs()), first] : [first]) {
        const { expected, found, shape } = await both(session, build, 1, fed)
        expect(found.shape).toEqual(shape)
        expect(distance(found.data as Float32Array, expected)).toBeLessThan(1e-5)
      }
    })
})

test('stacks of layers', async () => {
  expect((await tryStacks(120, 20)).size).toBe(16)
})
