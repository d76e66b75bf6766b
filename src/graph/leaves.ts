// The leaves of a graph: what the host feeds, what training changes, and constants.
import { apply, type Op, type Shape, sizeOf, Tensor, shapeError } from './tensor.ts'
import { aNumber, check, initializer as initializerRule } from '../options.ts'

/* @__NO_SIDE_EFFECTS__ */
function leaf<A extends { shape: Shape }>(name: string): Op<A> {
  return { name, shape: (_, attrs) => attrs.shape, gradient: null, calls: 'leaf', flops: () => 0 }
}

type InputAttrs = { name: string; shape: Shape }
export const inputOp = leaf<InputAttrs>('input')

/** A placeholder that the host fills before each run. */
export function input(name: string, shape: Shape): Tensor<InputAttrs> {
  return apply(inputOp, [], { name, shape })
}

type ConstantAttrs = { shape: Shape; values: Float32Array }
export const constantOp = leaf<ConstantAttrs>('constant')

/** A constant tensor; one number fills the whole shape (`[]` by default). */
export function constant(values: number | ArrayLike<number>, shape?: Shape): Tensor<ConstantAttrs> {
  const given = typeof values === 'number' ? new Float32Array(sizeOf(shape ?? [])).fill(values) : Float32Array.from(values)
  // Of what is no number Float32Array makes NaN.
  if (typeof values !== 'number') given.forEach((x, i) => { if (x !== x) check('constant', `value ${i}`, values[i], aNumber) })
  const as = shape ?? (typeof values === 'number' ? [] : [given.length])
  if (given.length !== sizeOf(as)) throw shapeError('constant', `${given.length} values do not fill the shape [${as.join(', ')}]`)
  return apply(constantOp, [], { shape: as, values: given })
}

/** What a variable holds before training: an expression of its shape, drawn in the core. */
export type Initializer = (shape: Shape, stream: string) => Tensor

type VariableAttrs = { name: string; shape: Shape; initial: Tensor; role: VariableRole }
/**
 * `parameter`: trained. `statistic`: kept with the weights, not trained. `slot`: an optimizer's memory.
 * `hyperparameter`: a scalar that the host sets.
 */
export type VariableRole = 'parameter' | 'statistic' | 'slot' | 'hyperparameter'
export type Variable = Tensor<VariableAttrs>
export const variableOp = leaf<VariableAttrs>('variable')

/** State that outlives a step. `name` must be unique within a session: it names the weights in files and digests. */
export function variable(name: string, shape: Shape, initializer: Initializer, role: VariableRole = 'parameter'): Variable {
  check('variable', 'the initializer', initializer, initializerRule)
  const initial = initializer(shape, `init/${name}`)
  return apply(variableOp, [], { name, shape, initial, role })
}

export const isVariable = (t: Tensor): t is Variable => t.op === variableOp
export const isInput = (t: Tensor): t is Tensor<InputAttrs> => t.op === inputOp
export const isConstant = (t: Tensor): t is Tensor<ConstantAttrs> => t.op === constantOp
