// How each op is written as nodes of ONNX (opset 17), by the op's name: https://onnx.ai/onnx/operators/. What reads images is in
// images.ts. A rule says under which name its tensor is, and in which order of axes.
import { isConstant, isVariable } from '../../graph/leaves.ts'
import type { Tensor } from '../../graph/tensor.ts'
import { isBatchwise } from '../dynamic.ts'
import { BOOL, type Emitter, FLOAT, type Layout, type Rule, without } from './emitter.ts'
import { IMAGES } from './images.ts'

/** Inputs of elementwise ops, in the order in which most of them lie, and what is made of them. */
function elementwise(make: (inputs: string[], node: Tensor, to: Emitter) => string): Rule {
  return (node, to) => {
    const turned = node.shape.length === 4 && node.inputs.some((x) => to.isNchw(x))
    const layout: Layout = turned ? 'nchw' : 'nhwc'
    to.set(node, make(node.inputs.map((x) => (turned ? to.nchw(x) : to.plain(x))), node, to), layout)
  }
}
/** An op that ONNX has under this name. */
const same = (opType: string): Rule => elementwise((inputs, node, to) => to.add(opType, inputs, {}, node))
const withAlpha = (opType: string): Rule =>
  elementwise((inputs, node, to) => to.add(opType, inputs, { alpha: node.attrs['alpha'] as number }, node))
/** A comparison, whose result is 1 or 0. */
const compared = (opType: string): Rule =>
  elementwise((inputs, node, to) => to.add('Cast', [to.add(opType, inputs)], { to: FLOAT }, node))
/** The value of the first input, under this tensor's name too. */
const alias: Rule = (node, to) => {
  const [x] = node.inputs as [Tensor]
  if (to.isNchw(x)) to.set(node, to.nchw(x), 'nchw')
  else to.set(node, to.plain(x))
}

const MOST_INT = 9007199254740991
/** The number's product with what is named, where it is not 1. */
const scaled = (to: Emitter, name: string, scale: number, node: Tensor): string =>
  (scale === 1 ? name : to.add('Mul', [name, to.floats([scale])], {}, node))

const plain = (make: (inputs: string[], node: Tensor, to: Emitter) => string): Rule =>
  (node, to) => to.set(node, make(node.inputs.map((x) => to.plain(x)), node, to))

/** Axes of a reduction: a run of neighbours. */
const axesOf = ({ attrs }: Tensor): number[] =>
  Array.from({ length: (attrs['to'] as number) - (attrs['from'] as number) }, (_, i) => (attrs['from'] as number) + i)

const reshape: Rule = plain(([x], node, to) => {
  const dimensions = to.dimensions(node)
  const batchwise = dimensions.filter(isBatchwise)
  // One of unknown size is what is left.
  return to.add('Reshape', [x!, batchwise.length === 1
    ? to.ints(dimensions.map((d) => (isBatchwise(d) ? -1 : d))) : to.shape(dimensions)], {}, node)
})

const slice: Rule = plain(([x], node, to) => {
  const { begin, size } = node.attrs as unknown as { begin: readonly number[], size: readonly number[] }
  const [given] = node.inputs as [Tensor]
  const ends = to.dimensions(node).map((d, i) => {
    if (!isBatchwise(d) && !isBatchwise(to.dimensions(given)[i]!)) return begin[i]! + size[i]!
    if (begin[i] === 0 && node.shape[i] === given.shape[i]) return MOST_INT
    throw without(node, 'takes a part of the batch, which a file for batches of any size cannot say')
  })
  return to.add('Slice', [x!, to.ints(begin), to.ints(ends)], {}, node)
})

/** (x − m)·q + u, and z·p more. */
const affine: Rule = elementwise(([x, m, q, u, z, p], node, to) => {
  const y = to.add('Add', [to.add('Mul', [to.add('Sub', [x!, m!]), q!]), u!], {}, node)
  return z && p ? to.add('Add', [y, to.add('Mul', [z, p])], {}, node) : y
})

/** A batch normalization by running statistics, as the node that runtimes join to a convolution; whether it is one. */
function normalization(node: Tensor, to: Emitter): boolean {
  const [x, mean, q, beta, ...more] = node.inputs as [Tensor, Tensor, Tensor, Tensor]
  const [gamma, root] = q.op.name === 'mul' ? q.inputs : []
  const sum = root?.op.name === 'rsqrt' ? root.inputs[0]! : undefined
  const [variance, constant] = sum?.op.name === 'add' ? sum.inputs : []
  const epsilon = constant && isConstant(constant) && constant.size === 1 ? constant.attrs.values[0] : undefined
  const known = [gamma, beta, mean, variance]
  if (more.length || epsilon === undefined || !known.every((v) => v && isVariable(v))) return false
  const images = x.shape.length === 4
  if (!images && x.shape.length !== 2) return false
  const inputs = [images ? to.nchw(x) : to.plain(x), ...known.map((v) => to.plain(v!))]
  to.set(node, to.add('BatchNormalization', inputs, { epsilon }, node), images ? 'nchw' : 'nhwc')
  return true
}

const RULES: Readonly<Record<string, Rule>> = {
  ...IMAGES,
  add: same('Add'), sub: same('Sub'), mul: same('Mul'), div: same('Div'), negative: same('Neg'),
  maximum: same('Max'), minimum: same('Min'),
  abs: same('Abs'), sign: same('Sign'), floor: same('Floor'), reciprocal: same('Reciprocal'), sqrt: same('Sqrt'),
  exp: same('Exp'), log: same('Log'), sin: same('Sin'), cos: same('Cos'), erf: same('Erf'),
  square: elementwise(([x], node, to) => to.add('Mul', [x!, x!], {}, node)),
  rsqrt: elementwise(([x], node, to) => to.add('Reciprocal', [to.add('Sqrt', [x!])], {}, node)),
  // tanh(x/2)·(e^x + 1) loses nothing near 0, where e^x − 1 does; it is −1 where e^x is 0, and infinite with it.
  expm1: elementwise(([x], node, to) => {
    const [half, one] = [to.floats([0.5]), to.floats([1])]
    return to.add('Mul', [to.add('Tanh', [to.add('Mul', [x!, half])]), to.add('Add', [to.add('Exp', [x!]), one])], {}, node)
  }),
  // Near 0 it is 2·artanh(x / (2 + x)), because 1 + x would lose its digits.
  log1p: elementwise(([x], node, to) => {
    const [half, one, two] = [0.5, 1, 2].map((n) => to.floats([n])) as [string, string, string]
    const near = to.add('Mul', [to.add('Atanh', [to.add('Div', [x!, to.add('Add', [x!, two])])]), two])
    const far = to.add('Log', [to.add('Add', [x!, one])])
    return to.add('Where', [to.add('Less', [to.add('Abs', [x!]), half]), near, far], {}, node)
  }),
  relu: same('Relu'), tanh: same('Tanh'), sigmoid: same('Sigmoid'), softplus: same('Softplus'),
  leakyReLU: withAlpha('LeakyRelu'), elu: withAlpha('Elu'),
  clip: elementwise(([x], { attrs }, to) => (
    to.add('Clip', [x!, to.floats([attrs['min'] as number]), to.floats([attrs['max'] as number])]))),
  less: compared('Less'), lessEqual: compared('LessOrEqual'), equal: compared('Equal'),
  where: elementwise(([condition, a, b], node, to) => (
    to.add('Where', [to.add('Cast', [condition!], { to: BOOL }), a!, b!], {}, node))),
  channelAffine: (node, to) => {
    if (!normalization(node, to)) affine(node, to)
  },
  batchNormalization: elementwise(([x, m, q, u], node, to) => (
    to.add('Add', [to.add('Mul', [to.add('Sub', [x!, m!]), q!]), u!], {}, node))),
  channelSums: plain(([x, m, z], node, to) => {
    const axes = to.ints(node.inputs[0]!.shape.slice(1).map((_, i) => i))
    const shifted = to.add('Sub', [x!, m!])
    const both = [z ?? shifted, to.add('Mul', [z ?? shifted, shifted])]
    const sums = both.map((each) => to.add('Unsqueeze', [to.add('ReduceSum', [each, axes], { keepdims: 0 }), to.ints([0])]))
    return to.add('Concat', sums, { axis: 0 }, node)
  }),
  copy: alias, stopGradient: alias, customGradient: alias, accumulated: alias,
  softmax: plain(([x], node, to) => to.add('Softmax', [x!], { axis: -1 }, node)),
  logSoftmax: plain(([x], node, to) => to.add('LogSoftmax', [x!], { axis: -1 }, node)),
  matmul: plain(([a, b], node, to) => {
    const { transposeA, transposeB } = node.attrs as { transposeA: boolean, transposeB: boolean }
    const side = (name: string, { shape }: Tensor, turn: boolean) => {
      if (!turn) return name
      const axes = shape.map((_, i) => i)
      return to.add('Transpose', [name], { perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!] })
    }
    const [x, y] = node.inputs as [Tensor, Tensor]
    return to.add('MatMul', [side(a!, x, transposeA), side(b!, y, transposeB)], {}, node)
  }),
  sum: plain(([x], node, to) => (
    scaled(to, to.add('ReduceSum', [x!, to.ints(axesOf(node))], { keepdims: 0 }, node), node.attrs['scale'] as number, node))),
  max: plain(([x], node, to) => to.add('ReduceMax', [x!], { axes: axesOf(node), keepdims: 0 }, node)),
  broadcastTo: plain(([x], node, to) => (
    scaled(to, to.add('Expand', [x!, to.shape(to.dimensions(node))], {}, node), node.attrs['scale'] as number, node))),
  fill: plain((_, node, to) => (
    to.add('Expand', [to.floats([node.attrs['value'] as number]), to.shape(to.dimensions(node))], {}, node))),
  // Of the batch's size, all of one value: others were refused.
  constant: plain((_, node, to) => (
    to.add('Expand', [to.floats([(node.attrs['values'] as Float32Array)[0]!]), to.shape(to.dimensions(node))], {}, node))),
  reshape,
  slice,
  transpose: plain(([x], node, to) => to.add('Transpose', [x!], { perm: node.attrs['perm'] as number[] }, node)),
  concat: plain((inputs, node, to) => to.add('Concat', inputs, { axis: node.attrs['axis'] as number }, node)),
  pad: plain(([x], node, to) => {
    const { borders, value } = node.attrs as unknown as { borders: readonly (readonly [number, number])[], value: number }
    const pads = [...borders.map(([before]) => before), ...borders.map(([, after]) => after)]
    return to.add('Pad', [x!, to.ints(pads), to.floats([value])], { mode: 'constant' }, node)
  }),
  reverse: plain(([x], node, to) => {
    const axes = node.attrs['axes'] as number[]
    const each = (n: number) => to.ints(axes.map(() => n))
    return to.add('Slice', [x!, each(-1), each(-MOST_INT), to.ints(axes), each(-1)], {}, node)
  }),
}

/** Writes a tensor that is computed of inputs. @throws GanglionError where its op has no counterpart */
export function emit(node: Tensor, to: Emitter): void {
  const rule = Object.hasOwn(RULES, node.op.name) ? RULES[node.op.name] : undefined
  if (!rule) throw without(node)
  rule(node, to)
}
