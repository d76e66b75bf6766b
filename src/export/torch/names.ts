// What PyTorch calls a weight, and how its axes lie there. Keras' names and layouts are ours.
import type { Variable } from '../../graph/leaves.ts'
import type { Tensor } from '../../graph/tensor.ts'
import { permuted } from '../fold.ts'

/** A weight in PyTorch. */
export interface TorchName {
  /** Of its module, by dots: 'decoder.dense'. */
  readonly module: string
  /** Within it: weight, bias, running_mean … */
  readonly parameter: string
  /** Axis k there is our axis perm[k]; then it has that shape. */
  readonly perm: readonly number[]
  readonly shape: readonly number[]
}

const PARAMETERS: Readonly<Record<string, string>> = {
  kernel: 'weight', gamma: 'weight', beta: 'bias', moving_mean: 'running_mean', moving_variance: 'running_var',
  embeddings: 'weight',
}
/** The prefix of averages by default (src/nn/ema.ts): they take the place of what they are of. */
const AVERAGES = /^ema\//
export const withoutAverage = (name: string): string => name.replace(AVERAGES, '')

/** Our filters [height, width, in, out], transposed [height, width, out, in], are PyTorch's [out, in, …], [in, out, …]. */
const FILTER = [3, 2, 0, 1]

/** The names of variables in PyTorch. @param tensors of graphs that read them */
export function torchNames(variables: readonly Variable[], tensors: readonly Tensor[]): Map<Variable, TorchName> {
  const depthwise = new Set(tensors.filter(({ op }) => op.name === 'depthwiseConv2d').map(({ inputs }) => inputs[1]))
  return new Map(variables.map((v) => {
    const parts = withoutAverage(v.attrs.name).split('/')
    const own = parts.pop()!
    const rank = v.shape.length
    const axes = v.shape.map((_, i) => i)
    const perm = own !== 'kernel' ? axes : depthwise.has(v) ? [2, 3, 0, 1] : rank === 4 ? FILTER : rank === 2 ? [1, 0] : axes
    const turned = perm.map((axis) => v.shape[axis]!)
    const shape = depthwise.has(v) ? [turned[0]! * turned[1]!, 1, turned[2]!, turned[3]!] : turned
    return [v, { module: parts.join('.'), parameter: PARAMETERS[own] ?? own, perm, shape }]
  }))
}

export const fullName = ({ module, parameter }: TorchName): string => (module ? `${module}.${parameter}` : parameter)

/** PyTorch's values as ours. */
export function fromTorch(values: Float32Array, { shape }: Variable, { perm }: TorchName): Float32Array {
  return permuted(values, perm.map((axis) => shape[axis]!), perm.map((_, axis) => perm.indexOf(axis)))
}
