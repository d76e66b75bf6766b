// Matrix products.
import { type EpilogueAttrs, PLAIN } from './lowering/epilogue.ts'
import { apply, type Op, type Shape, sameShape, shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { complete, flag, type Given, option } from '../options.ts'
import { matrixProduct, matrixScratch } from './lowering/gemm.ts'

interface MatmulAttrs extends EpilogueAttrs {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** M, K, N and the leading (batch) dimensions. */
function sizes(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttrs) {
  const m = a.at(transposeA ? -1 : -2)!
  const k = a.at(transposeA ? -2 : -1)!
  const k2 = b.at(transposeB ? -1 : -2)!
  const n = b.at(transposeB ? -2 : -1)!
  return { m, k, k2, n, batch: a.slice(0, -2) }
}

export const matmulOp: Op<MatmulAttrs> = {
  name: 'matmul',
  fusable: true,
  shape([a, b], attrs) {
    if (a!.length < 2 || b!.length < 2) {
      throw shapeError('matmul', `shapes ${show(a!)} and ${show(b!)} given, both must have at least 2 dimensions`)
    }
    const { m, k, k2, n, batch } = sizes(a!, b!, attrs)
    if (k !== k2 || !sameShape(batch, b!.slice(0, -2))) {
      const sides = `${show(a!)}${attrs.transposeA ? 'ᵀ' : ''} · ${show(b!)}${attrs.transposeB ? 'ᵀ' : ''}`
      const rule = `the inner dimensions are ${k} and ${k2}, and all before the last two must be equal`
      throw shapeError('matmul', `${sides} does not fit: ${rule}; reshape or transpose one side`)
    }
    return [...batch, m, n]
  },
  gradient(y, dy) {
    const [a, b] = y.inputs as [Tensor, Tensor]
    const { transposeA: ta, transposeB: tb } = y.attrs
    const da = ta ? matmul(b, dy, { transposeA: tb, transposeB: true }) : matmul(dy, b, { transposeB: !tb })
    const db = tb ? matmul(dy, a, { transposeA: true, transposeB: ta }) : matmul(a, dy, { transposeA: !ta })
    return [da, db]
  },
  scratch(node, threads) {
    const { m, n, k } = sizes(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
    return matrixScratch({ m, n, k }, threads)
  },
  calls(node, at) {
    const { transposeA, transposeB } = node.attrs
    const { m, n, k, batch } = sizes(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
    const [a, b] = at.inputs as [number, number]
    const strides = transposeB ? [1, k] as const : [n, 1] as const
    return Array.from({ length: sizeOf(batch) }, (_, i) => {
      const left = { a: a + i * m * k * 4, rowStride: transposeA ? 1 : k, columnStride: transposeA ? m : 1 }
      return matrixProduct(node, at, left, b + i * k * n * 4, strides, { m, n, k }, at.output + i * m * n * 4)
    }).flat()
  },
  flops(node) {
    const { m, n, k, batch } = sizes(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
    return 2 * m * n * k * sizeOf(batch)
  },
}

const MATMUL = {
  /** a is [k, m]. Default false. */
  transposeA: option(flag, false),
  /** b is [n, k]. Default false. */
  transposeB: option(flag, false),
}

/**
 * a · b for matrices [m, k] and [k, n], or for stacks of them of the same leading dimensions.
 * @throws RangeError where the shapes do not fit, or an option is unknown; TypeError where an argument has a wrong type
 * @example
 * ops.matmul(x, w) // [n, k] · [k, m] = [n, m]
 */
export const matmul = (a: Tensor, b: Tensor, options: Given<typeof MATMUL> = {}): Tensor =>
  apply(matmulOp, [a, b], { ...complete('matmul', options, MATMUL), epilogue: PLAIN })
