// How convolutions become kernel calls: direct where the filters are small and images are read in place, products of
// implicit patches where they are deep (assembly/lib/conv, assembly/lib/gemm).
import { bits, type KernelCall } from '../../graph/kernel_call.ts'
import { unmet } from './calls.ts'
import { type Places, type Shape, type Tensor } from '../../graph/tensor.ts'
import {
  type EpilogueAttrs, epilogueWords, PANEL, packCall, panelBytes, PLAIN_PANELS, product, productScratch, type Right,
} from './gemm.ts'
import { type Padding, pads } from './padding.ts'

export interface ConvAttrs extends EpilogueAttrs {
  readonly strides: readonly [number, number]
  readonly padding: Padding
  readonly dilation: readonly [number, number]
  /** Height and width of the image (input gradient) or of the filter (filter gradient). */
  readonly extent: readonly [number, number]
}

/** Everything about one convolution: image [b, h, w, c], filter [kh, kw, c, f], result [b, oh, ow, f]. */
export function geometry(image: Shape, filter: Shape, { strides, padding, dilation }: ConvAttrs) {
  const [b, h, w, c] = image as [number, number, number, number]
  const [kh, kw, , f] = filter as [number, number, number, number]
  const y = pads(h, kh, strides[0], padding, dilation[0])
  const x = pads(w, kw, strides[1], padding, dilation[1])
  return { b, h, w, c, kh, kw, f, oh: y.out, ow: x.out, top: y.before, left: x.before, strides, dilation }
}
export type Geometry = ReturnType<typeof geometry>

export const convFlops = ({ b, oh, ow, f, kh, kw, c }: Geometry): number => 2 * b * oh * ow * f * kh * kw * c

/** Kernel calls, and the bytes of scratch that they take. */
export interface Lowered {
  readonly calls: KernelCall[]
  readonly bytes: number
}

/** A convolution as kernels see it: patches of an image [b, h, w, c] times filters of `n` columns. */
export interface Patches {
  readonly image: readonly [b: number, h: number, w: number, c: number]
  /** Patches an image: rows and columns. */
  readonly count: readonly [number, number]
  readonly step: readonly [number, number]
  /** Taps of a patch, from one to the next, and from the patch's place to the first. They ascend. */
  readonly taps: readonly [number, number]
  readonly tap: readonly [number, number]
  readonly offset: readonly [number, number]
}

const rowsOf = ({ image, count }: Patches): number => image[0] * count[0] * count[1]
const depthOf = ({ image, taps }: Patches): number => taps[0] * taps[1] * image[3]

/** The forward patches of a convolution. */
export const forwardPatches = (g: Geometry): Patches => ({
  image: [g.b, g.h, g.w, g.c],
  count: [g.oh, g.ow],
  step: g.strides,
  taps: [g.kh, g.kw],
  tap: g.dilation,
  offset: [-g.top, -g.left],
})

/** The words after those that all products share. */
const patchWords = ({ image: [, h, w, c], count, step, tap, offset, taps }: Patches): number[] =>
  [h, w, c, ...count, ...step, ...tap, ...offset, taps[1]]

/** Depth up to which a panel of filters stays in the first-level cache beside the image: measured, see bench/. */
const DIRECT_DEPTH = 512
/** Elements of a filter's gradient up to which it is summed in place. */
const DIRECT_FILTER = 16384
/** Groups of images that a filter's gradient is summed in, and the most floats that they take: what threads can share. */
const GROUPS = 12
const GROUP_FLOATS = 32768
/** Bytes before the tables of a direct kernel's scratch: CONV_HEADER of assembly/lib/conv/scratch.ts. */
const HEAD = 192
/** Images of fewer patches than this share tiles, so many at a time, while they take no more bytes. */
const FEW_PATCHES = 64
const SHARING = 4
const SHARED_BYTES = 49152

const align = (bytes: number, to = 64): number => Math.ceil(bytes / to) * to

/** The rows and columns of an image, and of the zeros around it, that patches reach: its place, its bytes, its words. */
function reach(all: readonly Patches[]) {
  const { image, step } = all[0]!
  const [top, left] = [0, 1].map((axis) => Math.min(...all.map(({ offset }) => offset[axis]!))) as [number, number]
  const last = (axis: 0 | 1): number => Math.max(...all.map(({ offset, count, step, taps, tap }) =>
    offset[axis] + (count[axis] - 1) * step[axis] + Math.max(0, taps[axis] - 1) * tap[axis]))
  const [rows, columns] = [last(0) + 1 - top, last(1) + 1 - left]
  const tapY = Math.max(...all.map(({ tap }) => tap[0]))
  return { top, left, columns, bytes: rows * columns * image[3] * 4, words: [...image, top, left, rows, columns, ...step, tapY] }
}

/** Where the results of a convolution go: rows of C over the patches, with these strides in floats. */
export type Strides = readonly [image: number, y: number, x: number]

/** One of the convolutions of an image that a transposed convolution is made of; a plain one is one. */
export interface Phase {
  readonly patches: Patches
  /** How filters lie from the second input on. */
  readonly filters: Right
  /** Floats from the output's start to the first result. */
  readonly start: number
}

const KERNELS = ['conv2d_f32', 'conv2d_dot_f32', 'gemm_patches_f32'] as const
/** By dot products along the taps where a panel of 8 filters would be mostly zeros. */
function kernelOf({ patches: p, filters: { n } }: Phase): (typeof KERNELS)[number] {
  if (p.tap[1] !== 1 || depthOf(p) > DIRECT_DEPTH) return 'gemm_patches_f32'
  return n <= 3 && (p.taps[1] * p.image[3]) % 4 === 0 ? 'conv2d_dot_f32' : 'conv2d_f32'
}

/**
 * result(patch, n) = epilogue(Σ patch · filters) of all phases, which write different pixels: each of their calls has
 * scratch of its own, and threads meet once after all packing, and at the end.
 */
export function convolution(
  node: Tensor<EpilogueAttrs>, at: Places, phases: readonly Phase[], strides: Strides,
): Lowered {
  const [image, b] = at.inputs as [number, number]
  const packs: KernelCall[] = []
  const computes: KernelCall[] = []
  let { scratch } = at
  const room = (bytes: number): number => (scratch += bytes) - bytes
  for (const kernel of KERNELS) {
    const some = phases.filter((phase) => kernelOf(phase) === kernel)
    if (!some.length) continue
    if (kernel === 'gemm_patches_f32') {
      for (const { patches: p, filters, start } of some) {
        const [m, n, k] = [rowsOf(p), filters.n, depthOf(p)]
        const rows = { y: p.count[0], x: p.count[1], strides, start }
        const place = { ...at, scratch: room(productScratch(m, n, k, at.threads) * 4) }
        const [pack, compute] = product(node, place, b, filters, { kernel, m, n, k, rows, left: [image, ...patchWords(p)] })
        packs.push(pack)
        computes.push(compute)
      }
      continue
    }
    const width = kernel === 'conv2d_f32' ? PANEL : 1
    const { top, left, columns, bytes, words } = reach(some.map(({ patches }) => patches))
    const counts = some.map(({ patches: { count } }) => count[0] * count[1])
    const few = Math.max(...counts) < FEW_PATCHES && SHARING * bytes <= SHARED_BYTES
    const group = few ? SHARING : 1
    const each = some.flatMap(({ patches: { image: [, , , c], count, taps, offset }, filters, start }) => {
      const to = room(panelBytes(filters.n, taps[0] * taps[1] * c, width))
      packs.push(packCall(b, to, filters, width))
      const first = ((offset[0] - top) * columns + offset[1] - left) * c * 4
      return [to, at.output + start * 4, ...count, first, taps[0], taps[1] * c * 4]
    })
    const tables = counts.reduce((sum, count) => sum + Math.ceil((group * count) / 4) * 32, 0)
    const share = align(HEAD + align(group * bytes, 32) + tables)
    const common = [0, 0, room(share * at.threads), share, 0, some[0]!.filters.n, 0, 0, 0, ...strides, ...PLAIN_PANELS]
    computes.push([kernel, ...common, ...epilogueWords(node, at), image, ...words, group, some.length, ...each])
  }
  return { calls: [...unmet(packs), ...unmet(computes)], bytes: scratch - at.scratch }
}

const isDirectGradient = (p: Patches, n: number): boolean => p.tap[1] === 1 && depthOf(p) * n <= DIRECT_FILTER
/** By sizes alone, never by threads: groups are sums, and their order is part of the result. */
const groupsOf = (p: Patches, n: number): number =>
  Math.max(1, Math.min(GROUPS, p.image[0], Math.floor(GROUP_FLOATS / (depthOf(p) * n))))
/** Floats of the groups' sums, before a thread's shares. */
function groupFloats(p: Patches, n: number): number {
  const groups = groupsOf(p, n)
  return groups > 1 ? align(groups * depthOf(p) * n * 4) / 4 : 0
}
/** Bytes of a thread: the table of patch elements, dy in whole panels where it is not, the padded image. */
const gradientShare = (p: Patches, n: number): number =>
  align(HEAD + 8 * align(depthOf(p), 4) + (n % PANEL ? p.count[0] * p.count[1] * align(n, PANEL) * 4 : 0) + reach([p]).bytes)

/** result(patch element, n) = Σ over patches of element · dy */
export function filterGradient(node: Tensor<EpilogueAttrs>, at: Places, p: Patches, n: number): Lowered {
  const [image, dy] = at.inputs as [number, number]
  const m = depthOf(p)
  const k = rowsOf(p)
  if (!isDirectGradient(p, n)) {
    const right: Right = { k: [1, 1, k], n, strides: [0, 0, n, 1] }
    const left = [image, ...patchWords(p)]
    const calls = product(node, at, dy, right, { kernel: 'gemm_patches_transposed_f32', m, n, k, left })
    return { calls, bytes: productScratch(m, n, k, at.threads) * 4 }
  }
  const groups = groupsOf(p, n)
  const sums = groups > 1 ? at.scratch : at.output
  const sumBytes = groupFloats(p, n) * 4
  const share = gradientShare(p, n)
  const common = [dy, sums, at.scratch + sumBytes, share, m, n, k, 1, m, 0, 0, n, ...PLAIN_PANELS, ...epilogueWords(node, at)]
  const calls: KernelCall[] =
    [['conv2d_filter_gradient_f32', ...common, image, ...reach([p]).words, ...p.count, p.taps[1], groups]]
  if (groups > 1) calls.push([{ kernel: 'sum_f32', even: true }, sums, at.output, 1, groups, m * n, bits(1)])
  return { calls, bytes: sumBytes + share * at.threads }
}
