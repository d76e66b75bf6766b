// Convolutions by Toom and Cook's polynomial products (Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308), where a kernel is
// two or three times as long as its stride. Along an axis, each residue of the stride is a convolution by r = 2 or 3 taps at
// stride 1; m of its results are a product of polynomials, known from its values at n = m + r − 1 points:
//     y = Aᵀ[(G w) ⊙ (Bᵀ x)],  x̄ = B[(G w) ⊙ (A ȳ)],  w̄ = Gᵀ[(A ȳ) ⊙ (Bᵀ x)]
// so that n multiplications do the work of m·r on each axis. With three or four of the points 0, 1, ∞ and −1 the matrices
// hold nothing but 0, ±1 and ±½, and rounding stays that of a plain sum. Over images and channels the products in the
// middle are one matrix product a pair of points; the residues lie side by side in its depth or its columns.
import { bits, type KernelCall, type Places, type Tensor, unmet } from '../graph/tensor.ts'
import type { Geometry } from './conv_lowering.ts'
import {
  type EpilogueAttrs, epilogueWords, multiplyCall, NO_EPILOGUE, packCall, PANEL, type Right, shareBytes,
} from './gemm.ts'

/** A sparse matrix by its rows. */
type Sparse = readonly (readonly (readonly [column: number, weight: number])[])[]

const transposed = (rows: Sparse, columns: number): Sparse => Array.from({ length: columns }, (_, j) =>
  rows.flatMap((terms, i) => terms.filter(([column]) => column === j).map(([, weight]) => [i, weight] as const)))

/** Bᵀ for three and for four points. */
const INPUT: Readonly<Record<number, readonly (readonly number[])[]>> = {
  3: [[1, -1, 0], [0, 1, 0], [0, -1, 1]],
  4: [[1, 0, -1, 0], [0, 0.5, 0.5, 0], [0, -1, 0, 1], [0, -0.5, 0.5, 0]],
}
/** Term `i` of a polynomial of `length` terms at a point: 0, 1, ∞ or −1. */
const power = (point: number, i: number, length: number): number =>
  [Number(i === 0), 1, Number(i === length - 1), i % 2 ? -1 : 1][point]!

/**
 * One axis. Results are cut into segments, the first of them of four points, the others of three. All segments of a point lie
 * together: line = the point's first line + segment. Matrices spread what is plain, pixels or taps, over lines or points.
 */
interface Axis {
  readonly residues: number
  /** First line and number of lines of each point. */
  readonly points: readonly (readonly [first: number, lines: number])[]
  readonly lines: number
  /** Bᵀ: row line · residues + residue, of pixels. */
  readonly image: Sparse
  /** A: row line, of results. */
  readonly result: Sparse
  /** G: row point · residues + residue, of taps. */
  readonly filter: Sparse
}

function axisOf(size: number, results: number, taps: number, stride: number, before: number): Axis | undefined {
  const r = taps / stride
  if (r !== 2 && r !== 3) return undefined
  const most = 5 - r
  const segments = Math.ceil(results / most)
  const long = results - segments * (most - 1)
  if (long < 0) return undefined
  const points = Array.from({ length: long ? 4 : 3 }, (_, p) => [p * segments, p < 3 ? segments : long] as const)
  const image: [number, number][][] = []
  const result: [number, number][][] = []
  for (const [point, [, lines]] of points.entries()) {
    for (let segment = 0; segment < lines; segment++) {
      const m = segment < long ? most : most - 1
      const first = segment * (most - 1) + Math.min(segment, long)
      result.push(weights(m, (i) => [first + i, power(point, i, m)]))
      for (let residue = 0; residue < stride; residue++) {
        const terms = weights(m + r - 1, (j) => [stride * (first + j) + residue - before, INPUT[m + r - 1]![point]![j]!])
        image.push(terms.filter(([pixel]) => pixel >= 0 && pixel < size))
      }
    }
  }
  const filter = points.flatMap((_, point) => Array.from({ length: stride }, (_, residue) =>
    weights(r, (tap) => [stride * tap + residue, power(point, tap, r)])))
  return { residues: stride, points, lines: result.length, image, result, filter }
}
const weights = (length: number, term: (i: number) => [number, number]): [number, number][] =>
  Array.from({ length }, (_, i) => term(i)).filter(([, weight]) => weight)

/** Where the lines of an axis lie: floats from one to the next, and from a residue to the next, if it has residues. */
type Grid = readonly [line: number, residues?: number, residue?: number]
const place = (i: number, [line, residues = 1, residue = 0]: Grid): number =>
  4 * (Math.floor(i / residues) * line + (i % residues) * residue)

/** One axis of a spread: how many plain lines there are, and where both kinds lie. */
interface Along {
  readonly rows: Sparse
  readonly count: number
  readonly plain: Grid
  readonly spread: Grid
}

/** What spreads a tensor over lines or points; its transpose brings gradients back. Sizes and places in floats. */
interface Spread {
  readonly images: number
  /** From one image to the next. */
  readonly image: readonly [plain: number, spread: number]
  /** Floats that lie together: a pixel. */
  readonly run: number
  readonly y: Along
  readonly x: Along
}

/** Bytes of scratch a thread of combine2d_f32: SHARE of assembly/kernels/combine2d.ts. */
const SHARE = 128

/** The kernel's call; with an epilogue, of the transpose. */
function combine(s: Spread, from: number, to: number, scratch: number, epilogue?: readonly number[]): KernelCall {
  const [rows, columns] = [s.y, s.x].map(({ rows, count, plain, spread }) => {
    const [lines, source, target] = epilogue ? [transposed(rows, count), spread, plain] : [rows, plain, spread]
    return lines.map((terms, i) =>
      [place(i, target), terms.length, ...terms.flatMap(([j, weight]) => [place(j, source), bits(weight)])])
  }) as [number[][], number[][]]
  const images = epilogue ? [s.image[1], s.image[0]] : s.image
  return [
    'combine2d_f32', from, to, scratch, s.images, ...images.map((floats) => floats * 4), s.run * 4, rows.length, columns.length,
    rows.flat().length, ...(epilogue ?? NO_EPILOGUE), ...rows.flat(), ...columns.flat(),
  ]
}

/** A convolution that is computed so: its axes, and channels · residues, the depth of the products. */
export interface Winograd {
  readonly g: Geometry
  readonly y: Axis
  readonly x: Axis
  readonly depth: number
}

/** Channels and filters from which on the transforms cost less than what they save: measured, see bench/. */
const LEAST_CHANNELS = 16

/** How a convolution is computed by points, or undefined where it is not, or would not gain. */
export function winograd(g: Geometry): Winograd | undefined {
  if (g.dilation[0] * g.dilation[1] !== 1 || g.c % PANEL || g.f % PANEL || Math.min(g.c, g.f) < LEAST_CHANNELS) return undefined
  const y = axisOf(g.h, g.oh, g.kh, g.strides[0], g.top)
  const x = y && axisOf(g.w, g.ow, g.kw, g.strides[1], g.left)
  return x && { g, y, x, depth: y.residues * x.residues * g.c }
}

const spotsOf = ({ y, x }: Winograd): number => y.lines * x.lines
export const winogradFlops = (w: Winograd): number => 2 * w.g.b * spotsOf(w) * w.depth * w.g.f

const spreadImage = ({ g: { b, h, w, c }, y, x, depth }: Winograd): Spread => ({
  images: b,
  image: [h * w * c, y.lines * x.lines * depth],
  run: c,
  y: { rows: y.image, count: h, plain: [w * c], spread: [x.lines * depth, y.residues, x.residues * c] },
  x: { rows: x.image, count: w, plain: [c], spread: [depth, x.residues, c] },
})
const spreadResult = ({ g: { b, oh, ow, f }, y, x }: Winograd): Spread => ({
  images: b,
  image: [oh * ow * f, y.lines * x.lines * f],
  run: f,
  y: { rows: y.result, count: oh, plain: [ow * f], spread: [x.lines * f] },
  x: { rows: x.result, count: ow, plain: [f], spread: [f] },
})
/** Taps of filters in panels of eight columns, of n columns by k: floats from tap to tap and from panel to panel. */
const spreadFilter = (
  { g: { kh, kw, f }, y, x, depth }: Winograd, columns: number, k: number, tap: number, panel: Spread['image'],
): Spread => ({
  images: columns / PANEL,
  image: panel,
  run: k * PANEL,
  y: { rows: y.filter, count: kh, plain: [kw * tap], spread: [x.points.length * depth * f, y.residues, x.residues * tap] },
  x: { rows: x.filter, count: kw, plain: [tap], spread: [depth * f, x.residues, tap] },
})
/** Columns are filters, the depth is taps and channels. */
const byFilters = (w: Winograd): Spread =>
  spreadFilter(w, w.g.f, w.g.c, w.g.c * PANEL, [w.g.kh * w.g.kw * w.g.c * PANEL, w.depth * PANEL])
/** Columns are taps and channels, the depth is filters. As they lie, too: all of a tap's channels and filters. */
const byChannels = (w: Winograd): Spread =>
  spreadFilter(w, w.g.c, w.g.f, w.g.c * w.g.f, [w.g.f * PANEL, w.g.f * PANEL])

/** Each pair of points: its number, its block of lines, the product's rows, and those of the pairs before. */
function pairs({ g: { b }, y, x }: Winograd) {
  let before = 0
  return y.points.flatMap(([top, rows], p) => x.points.map(([left, columns], q) => {
    const m = b * rows * columns
    before += m
    return { point: p * x.points.length + q, top, left, rows, columns, m, before: before - m }
  }))
}
type Pair = ReturnType<typeof pairs>[number]

/** Where a pair's block lies in a transformed image or result of `channels`: as the left side of a product, as its rows. */
const block = ({ y, x }: Winograd, { top, left, rows, columns }: Pair, channels: number): number[] =>
  [y.lines, x.lines, channels, rows, columns, 1, 1, 1, 1, top, left, 1]
const rowsOf = ({ y, x }: Winograd, { top, left, rows, columns }: Pair, channels: number) => (
  {
    y: rows, x: columns, strides: [y.lines * x.lines * channels, x.lines * channels, channels] as const,
    start: (top * x.lines + left) * channels,
  }
)

const plainFilterFloats = ({ g: { kh, kw, c, f } }: Winograd): number => kh * kw * c * f

/** The parts of scratch one after another: their addresses, given their floats, and where they end. */
function layout<Name extends string>(at: number, floats: Readonly<Record<Name, number>>): Record<Name | 'end', number> {
  const places: Record<string, number> = {}
  for (const [name, n] of Object.entries<number>(floats)) {
    places[name] = at
    at += Math.ceil(n / 16) * 64
  }
  return { ...places, end: at } as Record<Name | 'end', number>
}

/** Scratch of all three; `m` and `k` are the largest product's. `plain`: what the panels of the products' right sides need. */
function scratchOf(w: Winograd, at: number, threads: number, m: number, k: number, panels: number) {
  const { g: { b, f }, y, x, depth } = w
  const share = shareBytes(m, k)
  const places = layout(at, {
    terms: (threads * SHARE) / 4,
    panels,
    filters: y.points.length * x.points.length * depth * f,
    image: b * spotsOf(w) * depth,
    result: b * spotsOf(w) * f,
    work: (threads * share) / 4,
  })
  return { ...places, share }
}
/** The rows of the largest product. */
const mostRows = ({ g, y, x }: Winograd): number => g.b * y.points[0]![1] * x.points[0]![1]
const forwardParts = (w: Winograd, at: number, threads: number) =>
  scratchOf(w, at, threads, mostRows(w), w.depth, plainFilterFloats(w))
const inputGradientParts = (w: Winograd, at: number, threads: number) =>
  scratchOf(w, at, threads, mostRows(w), w.g.f, plainFilterFloats(w))
const filterGradientParts = (w: Winograd, at: number, threads: number) =>
  scratchOf(w, at, threads, w.depth, mostRows(w), w.g.b * spotsOf(w) * w.g.f)

export const forwardScratch = (w: Winograd, threads: number): number => forwardParts(w, 0, threads).end / 4
export const inputGradientScratch = (w: Winograd, threads: number): number => inputGradientParts(w, 0, threads).end / 4
export const filterGradientScratch = (w: Winograd, threads: number): number => filterGradientParts(w, 0, threads).end / 4

/** y = epilogue(Aᵀ[(G w) ⊙ (Bᵀ x)]) */
export function forward(node: Tensor<EpilogueAttrs>, at: Places, w: Winograd): KernelCall[] {
  const { g: { kh, kw, c, f }, depth } = w
  const [x, filter] = at.inputs as [number, number]
  const { terms, panels, filters, image, result, work, share } = forwardParts(w, at.scratch, at.threads)
  return [
    packCall(filter, panels, { k: [1, 1, kh * kw * c], n: f, strides: [0, 0, f, 1] }),
    ...unmet([combine(byFilters(w), panels, filters, terms), combine(spreadImage(w), x, image, terms)]),
    ...unmet(pairs(w).map((pair) => multiplyCall({ panels: filters + 4 * pair.point * depth * f, work, share }, {
      kernel: 'gemm_patches_f32', m: pair.m, n: f, k: depth, rows: rowsOf(w, pair, f), left: [image, ...block(w, pair, depth)],
    }, result, at.threads))),
    combine(spreadResult(w), result, at.output, terms, epilogueWords(node, at)),
  ]
}

/** x̄ = epilogue(B[(G w) ⊙ (A ȳ)]) */
export function inputGradient(node: Tensor<EpilogueAttrs>, at: Places, w: Winograd): KernelCall[] {
  const { g: { kh, kw, c, f }, depth } = w
  const [dy, filter] = at.inputs as [number, number]
  const { terms, panels, filters, image, result, work, share } = inputGradientParts(w, at.scratch, at.threads)
  return [
    packCall(filter, panels, { k: [1, 1, f], n: kh * kw * c, strides: [0, 0, 1, f] }),
    ...unmet([combine(byChannels(w), panels, filters, terms), combine(spreadResult(w), dy, result, terms)]),
    ...unmet(pairs(w).map((pair) => multiplyCall({ panels: filters + 4 * pair.point * depth * f, work, share }, {
      kernel: 'gemm_patches_f32', m: pair.m, n: depth, k: f, rows: rowsOf(w, pair, depth), left: [result, ...block(w, pair, f)],
    }, image, at.threads))),
    combine(spreadImage(w), image, at.output, terms, epilogueWords(node, at)),
  ]
}

/** w̄ = Gᵀ[(Bᵀ x) ⊙ (A ȳ)] */
export function filterGradient(at: Places, w: Winograd): KernelCall[] {
  const { g: { b, f }, depth } = w
  const [x, dy] = at.inputs as [number, number]
  const { terms, panels, filters, image, result, work, share } = filterGradientParts(w, at.scratch, at.threads)
  const products = pairs(w).map((pair) => {
    const packed = panels + 4 * pair.before * f
    const { start, strides } = rowsOf(w, pair, f)
    const right: Right = { start, k: [b, pair.rows, pair.columns], n: f, strides: [...strides, 1] }
    return [packCall(result, packed, right), multiplyCall({ panels: packed, work, share }, {
      kernel: 'gemm_patches_transposed_f32', m: depth, n: f, k: pair.m, left: [image, ...block(w, pair, depth)],
    }, filters + 4 * pair.point * depth * f, at.threads)] as const
  })
  return [
    ...unmet([combine(spreadImage(w), x, image, terms), combine(spreadResult(w), dy, result, terms)]),
    ...unmet(products.map(([pack]) => pack)),
    ...unmet(products.map(([, multiply]) => multiply)),
    combine(byChannels(w), filters, at.output, terms, NO_EPILOGUE),
  ]
}
