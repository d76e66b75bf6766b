// What a user adds without touching the package: a gradient of one's own, and an op of known kernels.
import { type KernelArgs, KERNELS } from '../graph/contract.generated.ts'
import { call, type CallOptions, fieldsOf, type KernelCall } from '../graph/kernel_call.ts'
import { apply, type Attrs, type Op, sameShape, shapeError, show, Tensor, tensor, tensors } from '../graph/tensor.ts'
import {
  anything, callable, check, checked, complete, flag, list, name, record, required, rule, shown, whole,
} from '../options.ts'

type CustomAttrs = { readonly gradient: (dy: Tensor) => readonly (Tensor | null)[] }

export const customGradientOp: Op<CustomAttrs> = {
  name: 'customGradient',
  shape: ([y]) => y!,
  gradient(node, dy) {
    const [, ...inputs] = node.inputs
    const given = node.attrs.gradient(dy)
    if (!Array.isArray(given) || given.length !== inputs.length) {
      const found = Array.isArray(given) ? `${given.length} gradients` : typeof given
      throw shapeError('customGradient', `the rule gave ${found}, expected a list of ${inputs.length}, one for each input`)
    }
    for (const [i, g] of (given as unknown[]).entries()) {
      if (g === null || (g instanceof Tensor && sameShape(g.shape, inputs[i]!.shape))) continue
      const found = g instanceof Tensor ? show(g.shape) : typeof g
      const wanted = `a tensor of shape ${show(inputs[i]!.shape)}, or null`
      throw shapeError('customGradient', `the gradient of input ${i} is ${found}, expected ${wanted}`)
    }
    return [null, ...(given as (Tensor | null)[])]
  },
  calls: 'alias',
  flops: () => 0,
}

/**
 * The values of `y`, with a gradient of one's own: what `gradient(dy)` gives for `inputs` takes the place of y's.
 * @param y what is computed forward
 * @param inputs the tensors that get a gradient; y itself gets none
 * @param gradient from the gradient of the result to those of the inputs, in ops, so that it can be differentiated again;
 *   null for none
 * @throws RangeError, by `gradients`, where the rule gives another number of gradients, or one of another shape
 * @example
 * // Straight through (Bengio et al. 2013, arXiv:1308.3432): rounded forward, as if it were not backward.
 * const hard = ops.customGradient(ops.sign(x), [x], (dy) => [dy])
 * // Gradient reversal (Ganin & Lempitsky 2015, arXiv:1409.7495).
 * const reversed = ops.customGradient(x, [x], (dy) => [ops.mul(dy, -lambda)])
 */
export const customGradient = checked('customGradient', { y: tensor, inputs: tensors, 'the gradient': callable }, (
  y: Tensor, inputs: readonly Tensor[], gradient: (dy: Tensor) => readonly (Tensor | null)[],
): Tensor => apply(customGradientOp, [y, ...inputs], { gradient }))

const CALL = { barrier: flag, owner: whole, even: flag }

/**
 * A call of one of the core's kernels, as an op's record asks for it. Its fields are named and typed: addresses, which the
 * record is given (`at`), sizes and numbers.
 * @throws RangeError where there is no such kernel, or no such field; TypeError where a field is missing
 * @example
 * const calls: CallsRule<Attrs> = (node, at) => [ops.kernelCall('abs_f32', { x: at.inputs[0]!, y: at.output, n: node.size })]
 */
export function kernelCall<K extends keyof KernelArgs, Given extends KernelArgs[K]>(
  kernel: K, args: Given & { readonly [Field in Exclude<keyof Given, keyof KernelArgs[K]>]: never }, options?: CallOptions,
): KernelCall {
  check('kernelCall', 'the kernel', kernel, name)
  if (!Object.hasOwn(KERNELS, kernel)) throw new RangeError(`kernelCall: the core has no kernel ${shown(kernel)}`)
  check('kernelCall', 'the fields', args, record)
  complete('kernelCall', options ?? {}, CALL)
  const [layout, records] = KERNELS[kernel].layouts as [string, string?]
  const fields = fieldsOf(layout).flatMap(([field, type]) => (type === 'table' ? [] : [field]))
  const names = [...fields, ...(records ? ['records'] : [])]
  const missing = names.find((field) => !Object.hasOwn(args, field))
  if (missing) throw new TypeError(`kernelCall: ${kernel} needs the field '${missing}'; it takes ${names.join(', ')}`)
  const surplus = Object.keys(args).find((field) => !names.includes(field))
  if (surplus) throw new RangeError(`kernelCall: ${kernel} has no field '${surplus}'; it takes ${names.join(', ')}`)
  return call(KERNELS[kernel], args, options)
}

const isGradient = (x: unknown): x is null => x === null || typeof x === 'function'
const isCalls = (x: unknown): x is 'alias' => x === 'alias' || typeof x === 'function'
const OP = {
  name: required(name), shape: required(callable), flops: required(callable), scratch: callable, effect: flag, assigns: flag,
  unordered: flag,
  gradient: required(rule('a function, or null where there is none', isGradient)),
  calls: required(rule("a function, or 'alias'", isCalls)), inPlace: list, fusable: anything,
}

/**
 * Makes an op of known kernels: a function of its inputs and attributes that builds tensors.
 * @param op the record: shape rule, gradient rule in ops, kernel calls, flops; see `Op`
 * @throws TypeError, RangeError where a part of the record is missing or of a wrong type
 * @example
 * // |x| by the core's own kernel, with the gradient 1 at 0.
 * const positive = ops.defineOp({
 *   name: 'positive',
 *   shape: ([x]) => x,
 *   gradient: (y, dy) => [ops.where(ops.less(y.inputs[0], 0), ops.negative(dy), dy)],
 *   calls: (node, at) => [ops.kernelCall('abs_f32', { x: at.inputs[0], y: at.output, n: node.size })],
 *   flops: (node) => node.size,
 * })
 * const y = positive([x], {})
 */
export function defineOp<A extends Attrs>(op: Op<A>): (inputs: readonly Tensor[], attrs: A) => Tensor<A> {
  complete('defineOp', op as never, OP)
  const own = { ...op }
  const rules = { inputs: tensors, attributes: record }
  return checked(own.name, rules, (inputs: readonly Tensor[], attrs: A) => apply(own, inputs, attrs))
}
