// Convolutions by Winograd's products (Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308): images, filters and results are
// spread over points on both axes (toom_cook.ts, assembly/kernels/combine2d.ts), and each pair of points is one matrix product
// over images and channels. The residues of the stride lie side by side, in the products' depth or in their columns.
import { bits, type KernelCall, type Places, type Tensor, unmet } from '../graph/tensor.ts'
import type { Geometry } from './conv_lowering.ts'
import { type EpilogueAttrs, epilogueWords, multiplyCall, NO_EPILOGUE, packCall, PANEL, type Right, shareBytes } from './gemm.ts'
import { type Axis, axisOf, type Sparse, transposed } from './toom_cook.ts'

/** A convolution that is computed so. */
export interface Winograd {
  readonly g: Geometry
  readonly y: Axis
  readonly x: Axis
  /** Residues by channels. */
  readonly depth: number
  /** Floats of an image and its result, spread. */
  readonly floats: number
}

/** What a float costs that is spread or brought back, in multiplications and additions; and the least to gain. Measured. */
const FLOPS_A_FLOAT = 34
const GAIN = 0.9
/** Floats of the images that are spread at a time, at most: near the second-level cache, or, for sums over images, few groups. */
const GROUP_FLOATS = 400_000
const SUM_FLOATS = 4_000_000

/** How a convolution is computed by points; undefined where it is not. The choice does not depend on the number of images. */
export function winograd(g: Geometry): Winograd | undefined {
  if (g.dilation[0] * g.dilation[1] !== 1 || g.c % PANEL || g.f % PANEL) return undefined
  const y = axisOf(g.h, g.oh, g.kh, g.strides[0], g.top)
  const x = axisOf(g.w, g.ow, g.kw, g.strides[1], g.left)
  if (!y || !x) return undefined
  const depth = y.residues * x.residues * g.c
  const floats = y.lines * x.lines * (depth + g.f)
  const plain = 2 * g.oh * g.ow * g.f * g.kh * g.kw * g.c
  if (2 * y.lines * x.lines * depth * g.f + floats * FLOPS_A_FLOAT > plain * GAIN) return undefined
  return { g, y, x, depth, floats }
}

const flopsOf = ({ g, y, x, depth }: Winograd): number => 2 * g.b * y.lines * x.lines * depth * g.f

/** Where the lines of an axis lie: floats from one to the next, and from a residue to the next, where it has residues. */
type Grid = readonly [line: number, residues?: number, residue?: number]
const place = (i: number, [line, residues = 1, residue = 0]: Grid): number =>
  Math.floor(i / residues) * line + (i % residues) * residue

/** One axis of a spread: how many plain lines there are, and where both kinds lie. */
interface Along {
  readonly rows: Sparse
  readonly count: number
  readonly plain: Grid
  readonly spread: Grid
}

/** What spreads images, results or filters over points; its transpose brings them back. In floats. */
interface Spread {
  /** From one image to the next. */
  readonly image: readonly [plain: number, spread: number]
  /** A pixel: what lies together. */
  readonly run: number
  readonly y: Along
  readonly x: Along
}

/** The call that spreads; with an epilogue, the one that brings back. */
function combine(s: Spread, images: number, from: number, to: number, epilogue?: readonly number[]): KernelCall {
  const [rows, columns] = [s.y, s.x].map(({ rows, count, plain, spread }) => {
    const [lines, source, target] = epilogue ? [transposed(rows, count), spread, plain] : [rows, plain, spread]
    return lines.map((terms, i) =>
      [4 * place(i, target), terms.length, ...terms.flatMap(([j, weight]) => [4 * place(j, source), bits(weight)])])
  }) as [number[][], number[][]]
  const image = epilogue ? [s.image[1], s.image[0]] : s.image
  return [
    'combine2d_f32', from, to, images, ...image.map((floats) => floats * 4), s.run * 4, rows.length, columns.length,
    rows.flat().length, ...(epilogue ?? NO_EPILOGUE), ...rows.flat(), ...columns.flat(),
  ]
}

/** Images or results, as they lie and spread: lines of `channels`. */
interface Side extends Spread {
  readonly channels: number
}
const imageSide = ({ g: { h, w, c }, y, x, depth }: Winograd): Side => ({
  channels: depth,
  image: [h * w * c, y.lines * x.lines * depth],
  run: c,
  y: { rows: y.image, count: h, plain: [w * c], spread: [x.lines * depth, y.residues, x.residues * c] },
  x: { rows: x.image, count: w, plain: [c], spread: [depth, x.residues, c] },
})
const resultSide = ({ g: { oh, ow, f }, y, x }: Winograd): Side => ({
  channels: f,
  image: [oh * ow * f, y.lines * x.lines * f],
  run: f,
  y: { rows: y.result, count: oh, plain: [ow * f], spread: [x.lines * f] },
  x: { rows: x.result, count: ow, plain: [f], spread: [f] },
})

/** Filters in panels of eight columns by `k` rows, an "image" being a panel; `tap`: from a tap to the next. */
const filters = ({ g: { kh, kw, f }, y, x, depth }: Winograd, k: number, tap: number, image: Spread['image']): Spread => ({
  image,
  run: k * PANEL,
  y: { rows: y.filter, count: kh, plain: [kw * tap], spread: [x.points.length * depth * f, y.residues, x.residues * tap] },
  x: { rows: x.filter, count: kw, plain: [tap], spread: [depth * f, x.residues, tap] },
})
/** The panels' columns are filters. */
const byFilters = (w: Winograd): Spread =>
  filters(w, w.g.c, w.g.c * PANEL, [w.g.kh * w.g.kw * w.g.c * PANEL, w.depth * PANEL])
/** The panels' columns are channels; so lie filters that are in no panels, too. */
const byChannels = (w: Winograd): Spread => filters(w, w.g.f, w.g.c * w.g.f, [w.g.f * PANEL, w.g.f * PANEL])
const filterFloats = ({ g: { f }, y, x, depth }: Winograd): number => y.points.length * x.points.length * depth * f

/** Each pair of points: its number, and the block of lines that its product reads or writes. */
const pairs = ({ y, x }: Winograd) => y.points.flatMap(([top, rows], p) => x.points.map(([left, columns], q) =>
  ({ pair: p * x.points.length + q, top, left, rows, columns })))
type Pair = ReturnType<typeof pairs>[number]
/** A block as the left side of a product: the words of the patches. */
const leftOf = ({ y, x }: Winograd, { channels }: Side, { top, left, rows, columns }: Pair): number[] =>
  [y.lines, x.lines, channels, rows, columns, 1, 1, 1, 1, top, left, 1]
/** A block as the result of a product, or its right side. */
const rowsOf = ({ y, x }: Winograd, { channels }: Side, { top, left, rows, columns }: Pair) => ({
  y: rows, x: columns, strides: [y.lines * x.lines * channels, x.lines * channels, channels] as const,
  start: (top * x.lines + left) * channels,
})
/** Rows of the largest product of some images. */
const mostRows = ({ y, x }: Winograd, images: number): number => images * y.points[0]![1] * x.points[0]![1]

/** Even groups of images, of up to so many floats. By sizes alone, never by threads: sums over images are made of them. */
function groupsOf({ g: { b }, floats }: Winograd, most: number) {
  const size = Math.ceil(b / Math.ceil((b * floats) / most))
  return Array.from({ length: Math.ceil(b / size) }, (_, group) => (
    { group, first: group * size, images: Math.min(size, b - group * size) }
  ))
}

/** Places of the parts of scratch one after another, given their floats, and their end. */
const layout = (at: number, floats: readonly number[]): number[] => [0, ...floats].map((n) => (at += Math.ceil(n / 16) * 64))

/** What the convolution and its gradient for the input are to each other: the same way, there and back. */
interface Through {
  readonly from: Side
  readonly to: Side
  /** The filters as they are packed, and how many panels a tap has. */
  readonly right: Right
  readonly filter: Spread
  readonly panels: number
}
const forwards = (w: Winograd): Through => ({
  from: imageSide(w), to: resultSide(w), filter: byFilters(w), panels: w.g.f / PANEL,
  right: { k: [1, 1, w.g.kh * w.g.kw * w.g.c], n: w.g.f, strides: [0, 0, w.g.f, 1] },
})
const backwards = (w: Winograd): Through => ({
  from: resultSide(w), to: imageSide(w), filter: byChannels(w), panels: w.g.c / PANEL,
  right: { k: [1, 1, w.g.f], n: w.g.kh * w.g.kw * w.g.c, strides: [0, 0, 1, w.g.f] },
})
function throughPlaces(w: Winograd, { from, to, right: { k, n } }: Through, at: number) {
  const groups = groupsOf(w, GROUP_FLOATS)
  const { images } = groups[0]!
  const [panels, filters, left, product, work] = layout(at, [
    k[2] * n, filterFloats(w), images * from.image[1], images * to.image[1],
  ]) as [number, number, number, number, number]
  return { groups, panels, filters, left, product, work, share: shareBytes(mostRows(w, images), from.channels) }
}
function throughScratch(w: Winograd, t: Through, threads: number): number {
  const { work, share } = throughPlaces(w, t, 0)
  return (work + threads * share) / 4
}

function through(node: Tensor<EpilogueAttrs>, at: Places, w: Winograd, t: Through): KernelCall[] {
  const { from, to } = t
  const [source, filter] = at.inputs as [number, number]
  const { groups, panels, filters, left, product, work, share } = throughPlaces(w, t, at.scratch)
  const calls = [packCall(filter, panels, t.right)]
  // What is brought back of one group, and spread of the next, lies apart: threads need not meet between.
  let before = combine(t.filter, t.panels, panels, filters)
  for (const { first, images } of groups) {
    calls.push(...unmet([before, combine(from, images, source + 4 * first * from.image[0], left)]))
    calls.push(...unmet(pairs(w).map((pair) => multiplyCall(
      { panels: filters + 4 * pair.pair * w.depth * w.g.f, work, share },
      {
        kernel: 'gemm_patches_f32', m: images * pair.rows * pair.columns, n: to.channels, k: from.channels,
        rows: rowsOf(w, to, pair), left: [left, ...leftOf(w, from, pair)],
      },
      product, at.threads,
    ))))
    before = combine(to, images, product, at.output + 4 * first * to.image[0], epilogueWords(node, at))
  }
  return [...calls, before]
}

const goes = (node: Tensor<EpilogueAttrs>, w: Winograd, t: Through) => ({
  scratch: (threads: number) => throughScratch(w, t, threads),
  calls: (at: Places) => through(node, at, w, t),
  flops: flopsOf(w),
})
/** y = epilogue(Aᵀ[(G w) ⊙ (Bᵀ x)]) */
export const forward = (node: Tensor<EpilogueAttrs>, w: Winograd) => goes(node, w, forwards(w))
/** x̄ = epilogue(B[(G w) ⊙ (A ȳ)]) */
export const inputGradient = (node: Tensor<EpilogueAttrs>, w: Winograd) => goes(node, w, backwards(w))

function filterGradientPlaces(w: Winograd, at: number) {
  const groups = groupsOf(w, SUM_FLOATS)
  const { images } = groups[0]!
  const [image, result] = [images * imageSide(w).image[1], images * resultSide(w).image[1]]
  const [left, right, panels, sums, work] = layout(at, [image, result, result, groups.length * filterFloats(w)]) as
    [number, number, number, number, number]
  return { groups, left, right, panels, sums, work, share: shareBytes(w.depth, mostRows(w, images)) }
}

/** w̄ = Gᵀ[(Bᵀ x) ⊙ (A ȳ)] */
export const filterGradient = (w: Winograd) => ({
  scratch(threads: number): number {
    const { work, share } = filterGradientPlaces(w, 0)
    return (work + threads * share) / 4
  },
  calls: (at: Places) => filterGradientCalls(at, w),
  flops: flopsOf(w),
})

/** Sums over the images of a group, then over groups, as they are brought back. */
function filterGradientCalls(at: Places, w: Winograd): KernelCall[] {
  const { g: { c, f }, depth } = w
  const [x, dy] = at.inputs as [number, number]
  const { groups, left, right, panels, sums, work, share } = filterGradientPlaces(w, at.scratch)
  const [image, result] = [imageSide(w), resultSide(w)]
  const calls = groups.flatMap(({ group, first, images }) => {
    let packed = panels
    const products = pairs(w).map((pair) => {
      const { start, strides } = rowsOf(w, result, pair)
      const m = images * pair.rows * pair.columns
      const place = packed
      packed += 4 * m * f
      return [
        packCall(right, place, { start, k: [images, pair.rows, pair.columns], n: f, strides: [...strides, 1] }),
        multiplyCall(
          { panels: place, work, share },
          { kernel: 'gemm_patches_transposed_f32', m: depth, n: f, k: m, left: [left, ...leftOf(w, image, pair)] },
          sums + 4 * (group * filterFloats(w) + pair.pair * depth * f), at.threads,
        ),
      ] as const
    })
    return [
      ...unmet([
        combine(image, images, x + 4 * first * image.image[0], left),
        combine(result, images, dy + 4 * first * result.image[0], right),
      ]),
      ...unmet(products.map(([pack]) => pack)),
      ...unmet(products.map(([, multiply]) => multiply)),
    ]
  })
  const { y, ...rest } = byChannels(w)
  const ofGroups: Spread = { ...rest, y: { ...y, rows: groups.flatMap(() => y.rows) } }
  return [...calls, combine(ofGroups, c / PANEL, sums, at.output, NO_EPILOGUE)]
}
