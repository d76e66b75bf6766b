// The leaves of a graph: what the host feeds, what training changes, and constants.
import {
  apply, checkShape, MOST_VALUES, type Op, sameShape, type Shape, shapeError, show, sizeOf, type Tensor, tensor,
} from './tensor.ts'
import {
  check, checked, isArrayOfNumbers, isFunction, isNumber, listOf, name as nameRule, oneOf, optional, rule, type Rule,
  shape as shapeRule,
} from '../options.ts'

/* @__NO_SIDE_EFFECTS__ */
function leaf<A extends { shape: Shape }>(name: string): Op<A> {
  return { name, shape: (_, attrs) => attrs.shape, gradient: null, calls: 'leaf', flops: () => 0 }
}

type InputAttrs = { name: string; shape: Shape }
export const inputOp = leaf<InputAttrs>('input')

/**
 * A placeholder that the host fills before the first run. @throws TypeError, RangeError for what is no name, or no shape
 * @example
 * const x = input('x', [64, 784])
 */
export const input = checked('input', { name: nameRule, shape: shapeRule },
  (name: string, shape: Shape): Tensor<InputAttrs> => apply(inputOp, [], { name, shape }))

type ConstantAttrs = { shape: Shape; values: Float32Array }
export const constantOp = leaf<ConstantAttrs>('constant')

const isValues = (x: unknown): x is number | ArrayLike<number> => isNumber(x) || isArrayOfNumbers(x)
export const values = rule('a number, or numbers in a list or a typed array', isValues)
const CONSTANT = { values, shape: optional(shapeRule) }

/**
 * A constant tensor; one number fills the whole shape (`[]` by default).
 * @throws TypeError for what is no number, RangeError where the values do not fill the shape
 * @example
 * constant([1, 2, 3, 4], [2, 2])
 */
export const constant = checked('constant', CONSTANT, (
  values: number | ArrayLike<number>, shape?: Shape,
): Tensor<ConstantAttrs> => {
  if (shape) checkShape('constant', shape, MOST_VALUES)
  const given = typeof values === 'number' ? new Float32Array(sizeOf(shape ?? [])).fill(values) : Float32Array.from(values)
  const as = shape ?? (typeof values === 'number' ? [] : [given.length])
  if (given.length !== sizeOf(as)) throw shapeError('constant', `${given.length} values do not fill the shape [${as.join(', ')}]`)
  return apply(constantOp, [], { shape: as, values: given })
})

/** What a variable holds before training: an expression of its shape, drawn in the core. */
export type Initializer = (shape: Shape, stream: string) => Tensor
export const initializer: Rule<Initializer> = /* @__PURE__ */ rule("an initializer, such as zeros() of 'initializers'",
  isFunction as (x: unknown) => x is Initializer)

type VariableAttrs = { name: string; shape: Shape; initial: Tensor; role: VariableRole }
/**
 * `parameter`: trained. `statistic`: kept with the weights, not trained. `slot`: an optimizer's memory.
 * `hyperparameter`: a scalar that the host sets.
 */
export type VariableRole = 'parameter' | 'statistic' | 'slot' | 'hyperparameter'
export type Variable = Tensor<VariableAttrs>
export const variableOp = leaf<VariableAttrs>('variable')

const VARIABLE = {
  name: nameRule, shape: shapeRule, 'the initializer': initializer,
  role: optional(oneOf('parameter', 'statistic', 'slot', 'hyperparameter')),
}

/**
 * State that outlives a step. `name` must be unique within a session: it names the weights in files and digests.
 * @throws TypeError, RangeError where an argument is not as described, or the initializer gives no tensor of that shape
 * @example
 * const kernel = variable('kernel', [784, 10], initializers.glorotUniform())
 */
export const variable = checked('variable', VARIABLE, (
  name: string, shape: Shape, initializer: Initializer, role: VariableRole = 'parameter',
): Variable => {
  checkShape('variable', shape)
  const initial = initializer(shape, `init/${name}`)
  check('variable', `what the initializer of '${name}' gives`, initial, tensor)
  if (sameShape(initial.shape, shape)) return apply(variableOp, [], { name, shape, initial, role })
  throw shapeError('variable', `the initializer of '${name}' gives ${show(initial.shape)}, expected ${show(shape)}`)
})

/**
 * @example
 * const weights = y.inputs.filter(isVariable)
 */
export const isVariable = (t: Tensor): t is Variable => t?.op === variableOp
const isOneVariable = (x: unknown): x is Variable => isVariable(x as Tensor)
export const variableRule = rule('a variable', isOneVariable)
export const variablesRule = listOf('variables', isOneVariable)
export const isInput = (t: Tensor): t is Tensor<InputAttrs> => t.op === inputOp
export const isConstant = (t: Tensor): t is Tensor<ConstantAttrs> => t.op === constantOp
