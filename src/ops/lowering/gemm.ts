// How products become kernel calls: scratch sizes, packing of the right side, epilogue words (assembly/lib/gemm).
import { ACTIVATIONS, type Epilogue } from './epilogue.ts'
import { bits, type KernelCall } from '../../graph/kernel_call.ts'
import { type Places, type Tensor } from '../../graph/tensor.ts'

/** Attributes of every op that ends in an epilogue. */
export interface EpilogueAttrs extends Record<string, unknown> {
  readonly epilogue: Epilogue
}

// Sizes of assembly/lib/gemm: rows and depth of a packed block, columns of a panel, bytes before the block.
const MC = 256
const KC = 256
/** Columns of a panel. */
export const PANEL = 8
const BLOCK = 2048
/** Columns that a product which packs B itself packs at a time. */
const TOGETHER = 32

/** Bits of a product's word `how`. */
const BY_COLUMNS = 1
const TALL = 2

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

export interface Product {
  readonly kernel: 'gemm_f32' | 'gemm_patches_f32' | 'gemm_patches_transposed_f32'
  readonly m: number
  readonly n: number
  readonly k: number
  /** Rows of C: (image, y, x) over these extents with these strides in floats; plain rows by default. */
  readonly rows?: {
    readonly y: number
    readonly x: number
    readonly strides: readonly [number, number, number]
    readonly start: number
  }
  /** Where B is not in panels: its strides in floats along k and across columns, for threads to pack what they come to. */
  readonly unpacked?: readonly [number, number]
  /** Where all of A lies packed, if a call before does that. */
  readonly packedLeft?: number
  /** The words of A after those that all products share. */
  readonly left: readonly number[]
}

/** Bytes of B packed in panels of `width` columns. */
export const panelBytes = (n: number, k: number, width = PANEL): number => up(up(n, width) * k * 4, 64)
/** Bytes of a thread's part of A, packed. */
export const shareBytes = (m: number, k: number): number => BLOCK + up(Math.min(MC, up(m, 4)) * Math.min(KC, k) * 4, 64)

/** Floats of scratch for a product of these sizes. */
export const productScratch = (m: number, n: number, k: number, threads: number): number =>
  (panelBytes(n, k) + shareBytes(m, k) * threads) / 4

/** Packs `right` in panels of `width` columns; `alone`: threads share the product by the same columns. */
export function packCall(b: number, to: number, right: Right, width = PANEL, alone = false): KernelCall {
  const how = { kernel: 'pack_b_f32', alone, even: true }
  return [how, b + (right.start ?? 0) * 4, to, ...right.k, right.n, ...right.strides, width]
}

/**
 * Whether threads share a product by columns: then each reads all of A and its own part of B, by rows the reverse. So the
 * larger is the one that is divided, unless that gives them too little each.
 */
const byColumns = (m: number, n: number, threads: number): boolean =>
  threads > 1 && (m < 16 * threads || (n > m && n >= 4 * PANEL * threads))

/** The bias's address and the activation, as every product takes them. */
export function epilogueWords(node: Tensor<EpilogueAttrs>, at: Places): number[] {
  const { bias, activation, alpha } = node.attrs.epilogue
  return [bias ? at.inputs.at(-1)! : 0, ACTIVATIONS.indexOf(activation), bits(alpha)]
}

/** What follows a product: nothing. */
export const NO_EPILOGUE: readonly number[] = [0, 0, 0]
/** The words `how`, `rightK`, `rightN` and `packed` of what uses none of them. */
export const PLAIN_PANELS: readonly number[] = [0, 0, 0, 0]

/** Scratch of a product: B packed, and `share` bytes a thread from `work` on, at least `shareBytes`. */
interface Work {
  readonly panels: number
  readonly work: number
  readonly share: number
}

/** One product into `c`, B being packed. */
export function multiplyCall(
  { panels, work, share }: Work, p: Product, c: number, threads: number, epilogue: readonly number[] = NO_EPILOGUE,
): KernelCall {
  const rows = p.rows ?? { y: 1, x: p.m, strides: [0, 0, p.n], start: 0 }
  const columns = byColumns(p.m, p.n, threads)
  return [
    // By columns, each share packs all of A, where it is not packed.
    { kernel: p.kernel, even: columns && !p.packedLeft },
    ...[panels, c + rows.start * 4, work, share, p.m, p.n, p.k, rows.y, rows.x, ...rows.strides],
    tall | (columns ? BY_COLUMNS : 0), ...(p.unpacked ?? [0, 0]), p.packedLeft ?? 0, ...epilogue, ...p.left,
  ]
}

/** The calls that compute one product into `c`: pack B, then multiply. */
export function product(
  node: Tensor<EpilogueAttrs>, at: Places, b: number, right: Right, p: Product, c = at.output,
): [pack: KernelCall, compute: KernelCall] {
  const panels = at.scratch
  const share = shareBytes(p.m, p.k)
  return [
    packCall(b, panels, right, PANEL, byColumns(p.m, p.n, at.threads)),
    multiplyCall({ panels, work: panels + panelBytes(p.n, p.k), share }, p, c, at.threads, epilogueWords(node, at)),
  ]
}

/** Floats of A up to which it is packed sooner by each thread than by all before they meet. */
const SMALL_LEFT = 8192

/**
 * Scratch where B is packed by the product itself, once for each block of rows, because no other thread wants the same panels:
 * they stay in the caches, and nothing is written that is as large as B. `left`: bytes of A packed for all threads to read, or 0;
 * `share`: bytes a thread, of B, and of A unless that is packed.
 */
function ownPacking(m: number, n: number, k: number, threads: number) {
  if (threads > 1 && !byColumns(m, n, threads)) return undefined
  const left = threads > 1 && m * k > SMALL_LEFT ? up(up(m, 4) * k * 4, 64) : 0
  const share = (left ? BLOCK : shareBytes(m, k)) + up(Math.min(TOGETHER, up(n, PANEL)) * Math.min(KC, k) * 4, 64)
  return { left, share, floats: (left + share * threads) / 4 }
}

/** Floats of scratch of `matrixProduct`. */
export const matrixScratch = (m: number, n: number, k: number, threads: number): number =>
  ownPacking(m, n, k, threads)?.floats ?? productScratch(m, n, k, threads)

/** `product` of two matrices; `strides` are B's, along k and across columns. */
export function matrixProduct(
  node: Tensor<EpilogueAttrs>, at: Places, b: number, strides: readonly [number, number], p: Product, c: number,
): readonly KernelCall[] {
  const { m, n, k } = p
  const own = ownPacking(m, n, k, at.threads)
  if (!own) return product(node, at, b, { k: [1, 1, k], n, strides: [0, 0, ...strides] }, p, c)
  const { left, share } = own
  const work = { panels: b, work: at.scratch + left, share }
  const packedLeft = left && at.scratch
  const multiply = multiplyCall(work, { ...p, unpacked: strides, packedLeft }, c, at.threads, epilogueWords(node, at))
  return left ? [[{ kernel: 'pack_a_f32', even: true }, ...(multiply.slice(1) as number[])], multiply] : [multiply]
}
