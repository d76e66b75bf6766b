// How convolutions become kernel calls: direct where the filters are small and images are read in place, products of
// implicit patches where they are deep (assembly/lib/conv, assembly/lib/gemm).
import { bits, type KernelCall, type Places, type Shape, type Tensor } from '../graph/tensor.ts'
import { type EpilogueAttrs, epilogueWords, PANEL, packCall, panelBytes, product, productScratch, type Right } from './gemm.ts'
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
/** Bytes before the tables of a direct kernel's scratch: HEAD of assembly/lib/conv/tile.ts. */
const HEAD = 192

const isDirect = (p: Patches): boolean => p.tap[1] === 1 && depthOf(p) > 0 && depthOf(p) <= DIRECT_DEPTH
const isDirectGradient = (p: Patches, n: number): boolean => p.tap[1] === 1 && depthOf(p) * n <= DIRECT_FILTER
/** Filters one at a time, by dot products along the taps: where a panel of 8 would be mostly zeros. */
const isDot = (p: Patches, n: number): boolean => n <= 3 && (p.taps[1] * p.image[3]) % 4 === 0

const paddedBytes = ({ image, count, step, taps, tap }: Patches): number =>
  ((count[0] - 1) * step[0] + (taps[0] - 1) * tap[0] + 1) * ((count[1] - 1) * step[1] + taps[1]) * image[3] * 4
const align = (bytes: number): number => Math.ceil(bytes / 64) * 64

const directShare = (p: Patches): number => align(HEAD + 3 * (p.count[0] * p.count[1] + 3) * 4 + paddedBytes(p))
const gradientShare = (p: Patches, n: number): number =>
  align(HEAD + (n % PANEL ? p.count[0] * p.count[1] * Math.ceil(n / PANEL) * PANEL * 4 : 0) + paddedBytes(p))

/** Floats of scratch of `convolution`. */
export function convolutionScratch(p: Patches, n: number, threads: number): number {
  if (!isDirect(p)) return productScratch(rowsOf(p), n, depthOf(p), threads)
  return (panelBytes(n, depthOf(p), isDot(p, n) ? 1 : PANEL) + directShare(p) * threads) / 4
}

/** Where the results go: rows of C over the patches, with these strides in floats from `start`. */
export interface Target {
  readonly strides: readonly [image: number, y: number, x: number]
  readonly start: number
}

/** result(patch, n) = epilogue(Σ patch · filters); `filters` says how they lie from the second input on. */
export function convolution(
  node: Tensor<EpilogueAttrs>, at: Places, p: Patches, filters: Right, to: Target,
): [pack: KernelCall, compute: KernelCall] {
  const [image, b] = at.inputs as [number, number]
  const m = rowsOf(p)
  const k = depthOf(p)
  const words = patchWords(p)
  if (!isDirect(p)) {
    const rows = { y: p.count[0], x: p.count[1], ...to }
    return product(node, at, b, filters, { kernel: 'gemm_patches_f32', m, n: filters.n, k, rows, left: [image, ...words] })
  }
  const dot = isDot(p, filters.n)
  const width = dot ? 1 : PANEL
  const work = at.scratch + panelBytes(filters.n, k, width)
  const common = [
    at.scratch, at.output + to.start * 4, work, directShare(p),
    m, filters.n, k, ...p.count, ...to.strides, 0, ...epilogueWords(node, at),
  ]
  return [
    packCall(b, at.scratch, filters, width),
    [dot ? 'conv2d_dot_f32' : 'conv2d_f32', ...common, image, ...words, p.image[0], p.taps[0]],
  ]
}

/** By sizes alone, never by threads: groups are sums, and their order is part of the result. */
const groupsOf = (p: Patches, n: number): number =>
  Math.max(1, Math.min(GROUPS, p.image[0], Math.floor(GROUP_FLOATS / (depthOf(p) * n))))
/** Floats of the groups' sums, before a thread's shares. */
function groupFloats(p: Patches, n: number): number {
  const groups = groupsOf(p, n)
  return groups > 1 ? align(groups * depthOf(p) * n * 4) / 4 : 0
}

/** Floats of scratch of `filterGradient`. */
export function filterGradientScratch(p: Patches, n: number, threads: number): number {
  if (!isDirectGradient(p, n)) return productScratch(depthOf(p), n, rowsOf(p), threads)
  return groupFloats(p, n) + (gradientShare(p, n) * threads) / 4
}

/** result(patch element, n) = Σ over patches of element · dy */
export function filterGradient(node: Tensor<EpilogueAttrs>, at: Places, p: Patches, n: number): KernelCall[] {
  const [image, dy] = at.inputs as [number, number]
  const m = depthOf(p)
  const k = rowsOf(p)
  const words = patchWords(p)
  if (!isDirectGradient(p, n)) {
    const right: Right = { k: [1, 1, k], n, strides: [0, 0, n, 1] }
    return product(node, at, dy, right, { kernel: 'gemm_patches_transposed_f32', m, n, k, left: [image, ...words] })
  }
  const groups = groupsOf(p, n)
  const sums = groups > 1 ? at.scratch : at.output
  const work = at.scratch + groupFloats(p, n) * 4
  const common = [dy, sums, work, gradientShare(p, n), m, n, k, 1, m, 0, 0, n, 0, ...epilogueWords(node, at)]
  const each: KernelCall = ['conv2d_filter_gradient_f32', ...common, image, ...words, p.image[0], p.taps[0], groups]
  return groups > 1 ? [each, ['sum_f32', sums, at.output, 1, groups, m * n, bits(1)]] : [each]
}
