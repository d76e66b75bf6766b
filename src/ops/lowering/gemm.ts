// How matrix products become kernel calls (assembly/lib/gemm): C = epilogue(A · B).
//
//                   n                threads > 1 divide a product
//             ┌──┬──┬──┬──┐          by rows: each has rows of C, reads its rows of A and all of B,
//           k │  │ B│  │  │          which threads have packed together before, with a barrier between;
//       k     └──┴──┴──┴──┘          by columns: each has columns of C, packs its own columns of B,
//     ┌───┐   ┌───────────┐          and reads all of A.
//   m │ A │   │     C     │
//     └───┘   └───────────┘          B is packed in panels of NR columns, A in blocks of MC rows, KC deep.
import {
  BY_COLUMNS, gemm_f32, GEMM_HEADER, KC, type Matrix, MC, MR, NC, NR, pack_a_f32, pack_b_f32, TALL,
} from '../../graph/contract.generated.ts'
import { call, type CallOptions, type KernelCall } from '../../graph/kernel_call.ts'
import type { Places, Tensor } from '../../graph/tensor.ts'
import { type EpilogueAttrs, type EpilogueFields, epilogueOf, NO_EPILOGUE } from './epilogue.ts'

/**
 * Whether this engine holds the taller tile in registers: Firefox, WebKit, and V8 since its second compiler for
 * WebAssembly, which all have Float16Array; V8 in Node 20 and 22 does not. The bits are the same either way.
 */
const tall = 'Float16Array' in globalThis ? TALL : 0

const up = (n: number, to: number): number => Math.ceil(n / to) * to

/** B as the packer reads it: K runs over three nested loops. Strides in floats. */
export interface Right {
  /** Floats from the input's start to element (0, 0). */
  readonly start?: number
  readonly k: readonly [number, number, number]
  readonly n: number
  readonly strides: readonly [k1: number, k2: number, k3: number, n: number]
}

/** Rows of C: (image, y, x) over these extents, at these strides in floats. */
export interface Rows {
  readonly y: number
  readonly x: number
  readonly strides: Strides
  /** Floats from the output's start to the first row. */
  readonly start: number
}
export type Strides = readonly [image: number, y: number, x: number]

export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  /** Where C's rows lie; one after another by default. */
  readonly rows?: Rows
}

/** Where a product finds B and works. */
export interface Work {
  /** The address of B: in panels, unless `strides` is given. */
  readonly b: number
  /** Of B as it lies in memory, in floats, along k and across columns: each thread packs what it comes to. */
  readonly strides?: readonly [k: number, n: number]
  /** The address of all of A, packed by a call before; 0: each thread packs the rows that it has. */
  readonly packedA?: number
  readonly scratch: number
  readonly scratchPerThread: number
}

/** The fields that all products have, whatever A is. */
export type ProductFields = Omit<Matrix, keyof MatrixFields>
/** A as a matrix in memory. */
type MatrixFields = Pick<Matrix, 'a' | 'rowStride' | 'columnStride'>
const matrixFields = ({ a, rowStride, columnStride }: MatrixFields, fields: ProductFields): Matrix =>
  ({ a, rowStride, columnStride, ...fields })

/** Bytes of B packed in panels of `width` columns. */
export const panelBytes = (n: number, k: number, width: number = NR): number => up(up(n, width) * k * 4, 64)
/** Bytes of scratch of a thread that packs A, block by block. */
export const bytesPerThread = (m: number, k: number): number =>
  GEMM_HEADER + up(Math.min(MC, up(m, MR)) * Math.min(KC, k) * 4, 64)

/** Bytes of scratch of `packAndMultiply`. */
export const packedScratch = ({ m, n, k }: Product, threads: number): number =>
  panelBytes(n, k) + bytesPerThread(m, k) * threads

/**
 * Whether threads divide a product by columns: then each reads all of A and its own part of B, by rows the reverse. So the
 * larger is the one that is divided, unless that gives them too little each.
 */
const byColumns = ({ m, n }: Product, threads: number): boolean =>
  threads > 1 && (m < 16 * threads || (n > m && n >= 4 * NR * threads))

/** The call that packs `right`, which lies at `b`, in panels of `width` columns from `to` on. */
export function packB(
  b: number, to: number, right: Right, { width = NR, barrier = true }: { width?: number, barrier?: boolean } = {},
): KernelCall {
  const { start = 0, k: [k1, k2, k3], n, strides: [stride1, stride2, stride3, strideN] } = right
  const fields = { b: b + start * 4, to, k1, k2, k3, n, stride1, stride2, stride3, strideN, width }
  return call(pack_b_f32, fields, { barrier, even: true })
}

/** What all multiplications into `c` have: their fields but for A, and how threads go through them. */
export function multiplication(
  p: Product, work: Work, c: number, threads: number, epilogue: EpilogueFields = NO_EPILOGUE,
): { readonly fields: ProductFields, readonly options: CallOptions } {
  const { m, n, k, rows = { y: 1, x: m, strides: [0, 0, n], start: 0 } } = p
  const { b, strides: [bStrideK, bStrideN] = [0, 0], packedA = 0, scratch, scratchPerThread } = work
  const [strideImage, strideY, strideX] = rows.strides
  const columns = byColumns(p, threads)
  return {
    fields: {
      b, c: c + rows.start * 4, scratch, scratchPerThread, m, n, k,
      rowsY: rows.y, rowsX: rows.x, strideImage, strideY, strideX,
      flags: tall | (columns ? BY_COLUMNS : 0), bStrideK, bStrideN, packedA, ...epilogue,
    },
    // By columns, each part packs all of A, where it is not packed.
    options: { even: columns && !packedA },
  }
}

/** What remains of a product when A is known: its last call. */
export type Multiply = (fields: ProductFields, options: CallOptions) => KernelCall

/** The calls that compute one product into `c`: pack B, then multiply. */
export function packAndMultiply(
  node: Tensor<EpilogueAttrs>, at: Places, b: number, right: Right, p: Product, multiply: Multiply, c = at.output,
): [pack: KernelCall, multiply: KernelCall] {
  const work = { b: at.scratch, scratch: at.scratch + panelBytes(p.n, p.k), scratchPerThread: bytesPerThread(p.m, p.k) }
  const { fields, options } = multiplication(p, work, c, at.threads, epilogueOf(node, at))
  // By columns, a thread packs those that it multiplies by.
  return [packB(b, at.scratch, right, { barrier: !byColumns(p, at.threads) }), multiply(fields, options)]
}

/** Floats of A up to which it is packed sooner by each thread than by all, with a barrier after it. */
const SMALL_A = 8192

/**
 * Scratch where B is packed by the product itself, once for each block of rows, because no other thread wants the same panels:
 * they stay in the caches, and nothing is written that is as large as B. `packedA`: bytes of A packed for all threads to read, or
 * 0; `scratchPerThread`: of B, and of A unless that is packed.
 */
function ownPacking(p: Product, threads: number) {
  const { m, n, k } = p
  if (threads > 1 && !byColumns(p, threads)) return undefined
  const packedA = threads > 1 && m * k > SMALL_A ? up(up(m, MR) * k * 4, 64) : 0
  const packedB = up(Math.min(NC, up(n, NR)) * Math.min(KC, k) * 4, 64)
  const scratchPerThread = (packedA ? GEMM_HEADER : bytesPerThread(m, k)) + packedB
  return { packedA, scratchPerThread, bytes: packedA + scratchPerThread * threads }
}

/** Floats of scratch of `matrixProduct`. */
export const matrixScratch = (p: Product, threads: number): number =>
  (ownPacking(p, threads)?.bytes ?? packedScratch(p, threads)) / 4

/** The calls that compute a product of two matrices into `c`; `strides` are B's in floats, along k and across columns. */
export function matrixProduct(
  node: Tensor<EpilogueAttrs>, at: Places, a: MatrixFields, b: number, strides: readonly [k: number, n: number], p: Product,
  c: number,
): readonly KernelCall[] {
  const own = ownPacking(p, at.threads)
  if (!own) {
    const right: Right = { k: [1, 1, p.k], n: p.n, strides: [0, 0, ...strides] }
    return packAndMultiply(node, at, b, right, p, (fields, options) => call(gemm_f32, matrixFields(a, fields), options), c)
  }
  const work = {
    b, strides, packedA: own.packedA && at.scratch, scratch: at.scratch + own.packedA, scratchPerThread: own.scratchPerThread,
  }
  const { fields, options } = multiplication(p, work, c, at.threads, epilogueOf(node, at))
  const args = matrixFields(a, fields)
  const multiply = call(gemm_f32, args, options)
  return own.packedA ? [call(pack_a_f32, args, { even: true }), multiply] : [multiply]
}
