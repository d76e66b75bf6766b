// What a part computes of its weights alone, computed once: a batch normalization's scale, the factor of a covariance. Shared by
// the formats that are graphs.
import { isConstant, isVariable, type Variable } from '../graph/leaves.ts'
import { sameShape, type Tensor } from '../graph/tensor.ts'
import { divOp } from '../ops/arithmetic.ts'
import { fillOp } from '../ops/fill.ts'
import { isBatchwise, type DynamicPart } from './dynamic.ts'
import type { Source } from './source.ts'

export interface Folded {
  /** Values of a tensor that depends on no input, and is read by what does; undefined for others. */
  valuesOf(tensor: Tensor): Float32Array | undefined
  /** Whether a tensor depends on no input. What only others of these read has no values here, and nobody needs it. */
  isFixed(tensor: Tensor): boolean
}

/** The values of weights, of constants, and of what is computed of them, where what depends on inputs reads it. */
export function fold({ model, weights }: Source, { tensors, outputs, variables, dimensionsOf }: DynamicPart): Folded {
  const saved = weights(variables)
  const fixed = new Set<Tensor>()
  for (const t of tensors) {
    const source = isVariable(t) || isConstant(t) || t.op === fillOp
    if (dimensionsOf(t).some(isBatchwise)) continue
    if (source || (t.inputs.length > 0 && t.inputs.every((x) => fixed.has(x)))) fixed.add(t)
  }
  const read = new Set([...tensors.filter((t) => !fixed.has(t)).flatMap(({ inputs }) => inputs), ...outputs.values()])
  const computed = tensors.filter((t) => fixed.has(t) && read.has(t) && !isVariable(t) && !isConstant(t))
  const values = new Map<Tensor, Float32Array>()
  if (computed.length) {
    const named = Object.fromEntries(computed.map((t, i) => [`folded${i}`, t]))
    const fn = model.session.compile({ group: 'export', stages: [{ outputs: named }] })
    try {
      fn.run(1)
      computed.forEach((t, i) => values.set(t, fn.read(`folded${i}`)))
    } finally {
      model.session.release(fn)
    }
  }
  return {
    valuesOf(tensor) {
      if (isVariable(tensor)) return saved.get(tensor.attrs.name)!.data as Float32Array
      if (isConstant(tensor) && fixed.has(tensor)) return tensor.attrs.values
      return values.get(tensor)
    },
    isFixed: (tensor) => fixed.has(tensor),
  }
}

/** The weight that a tensor is, up to a factor: spectral normalization divides a kernel by its largest singular value. */
export function weightOf(tensor: Tensor): Variable | undefined {
  if (isVariable(tensor)) return tensor
  const [x, by] = tensor.inputs
  return tensor.op === divOp && isVariable(x!) && sameShape(x.shape, tensor.shape) && by!.size === 1 ? x : undefined
}

/** `values` of `shape` with the axes in another order: axis k of the result is axis perm[k]. */
export function permuted(values: Float32Array, shape: readonly number[], perm: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, d) => n * d, 1))
  const [sizes, steps] = [perm.map((axis) => shape[axis]!), perm.map((axis) => strides[axis]!)]
  const out = new Float32Array(values.length)
  const index = sizes.map(() => 0)
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = values[from]!
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!
      if (++index[axis]! < sizes[axis]!) break
      from -= steps[axis]! * sizes[axis]!
      index[axis] = 0
    }
  }
  return out
}
