// Convolutions by Winograd's products (Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308): images, filters and results are
// spread over points on both axes (toom_cook.ts, assembly/kernels/combine2d.ts), and each pair of points is one matrix product
// over images and channels. The residues of the stride lie side by side, in the products' depth or in their columns.
import { apart, ended, unmet } from './calls.ts'
import { bits, type KernelCall } from '../../graph/kernel_call.ts'
import { type Places, type Tensor } from '../../graph/tensor.ts'
import type { Geometry, Lowered } from './conv_lowering.ts'
import { type EpilogueAttrs, epilogueWords, multiplyCall, NO_EPILOGUE, packCall, PANEL, shareBytes } from './gemm.ts'
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
/** Owners a thread of what threads do not share, and of all threads, at most; each has scratch of its own. */
const OWNERS = [4, 2, 1]
const MOST_OWNERS = 126
/** Up to how many times the even share an owner may have. */
const UNEVEN = 1.15

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

export const flopsOf = ({ g, y, x, depth }: Winograd): number => 2 * g.b * y.lines * x.lines * depth * g.f

/** Where the lines of an axis lie: floats from one to the next, and from a residue to the next, where it has residues. */
type Grid = readonly [line: number, residues?: number, residue?: number]
const place = (i: number, [line, residues = 1, residue = 0]: Grid): number =>
  4 * (Math.floor(i / residues) * line + (i % residues) * residue)

/** One axis of a spread: its matrix, how many plain lines there are, and where both kinds lie. */
type Along = readonly [rows: Sparse, count: number, plain: Grid, spread: Grid]

/** What spreads images, results or filters over points; its transpose brings them back. In floats. */
interface Spread {
  /** From one image to the next. */
  readonly image: readonly [plain: number, spread: number]
  /** A pixel: what lies together. */
  readonly run: number
  readonly along: readonly [y: Along, x: Along]
}

/** The call that spreads; with an epilogue, the one that brings back. */
function combine(s: Spread, images: number, from: number, to: number, epilogue?: readonly number[]): KernelCall {
  const [rows, columns] = s.along.map(([matrix, count, plain, spread]) => {
    const [lines, source, target] = epilogue ? [transposed(matrix, count), spread, plain] : [matrix, plain, spread]
    return lines.map((terms, i) =>
      [place(i, target), terms.length, ...terms.flatMap(([j, weight]) => [place(j, source), bits(weight)])])
  }) as [number[][], number[][]]
  const image = s.image.map((floats) => floats * 4)
  return [
    'combine2d_f32', from, to, images, ...(epilogue ? image.reverse() : image), s.run * 4, rows.length, columns.length,
    rows.flat().length, ...(epilogue ?? NO_EPILOGUE), ...rows.flat(), ...columns.flat(),
  ]
}

const spreadImage = ({ g: { h, w, c }, y, x, depth }: Winograd): Spread => ({
  image: [h * w * c, y.lines * x.lines * depth],
  run: c,
  along: [
    [y.image, h, [w * c], [x.lines * depth, y.residues, x.residues * c]],
    [x.image, w, [c], [depth, x.residues, c]],
  ],
})
const spreadResult = ({ g: { oh, ow, f }, y, x }: Winograd): Spread => ({
  image: [oh * ow * f, y.lines * x.lines * f],
  run: f,
  along: [[y.result, oh, [ow * f], [x.lines * f]], [x.result, ow, [f], [f]]],
})
/** Filters in panels of eight columns by `k` rows, an "image" being a panel; `tap`: from a tap to the next. */
const spreadFilter = ({ g: { kh, kw, f }, y, x, depth }: Winograd, k: number, tap: number, image: Spread['image']): Spread => ({
  image,
  run: k * PANEL,
  along: [
    [y.filter, kh, [kw * tap], [x.points.length * depth * f, y.residues, x.residues * tap]],
    [x.filter, kw, [tap], [depth * f, x.residues, tap]],
  ],
})
/** The panels' columns are channels, the rows filters; so lie filters that are in no panels, too. */
const byChannels = (w: Winograd): Spread => spreadFilter(w, w.g.f, w.g.c * w.g.f, [w.g.f * PANEL, w.g.f * PANEL])

/** The lines that the product of each pair of points reads or writes, of `channels` each. */
const blocks = ({ y, x }: Winograd, channels: number) => y.points.flatMap(([top, rows]) => x.points.map(([left, columns]) => ({
  lines: rows * columns,
  /** As the left side of a product: the words of patches. */
  left: [y.lines, x.lines, channels, rows, columns, 1, 1, 1, 1, top, left, 1],
  /** As the result, or the right side. */
  rows: {
    y: rows, x: columns, strides: [y.lines * x.lines * channels, x.lines * channels, channels] as const,
    start: (top * x.lines + left) * channels,
  },
})))
/** Floats of spread filters. */
const filterFloats = ({ g: { f }, y, x, depth }: Winograd): number => y.points.length * x.points.length * depth * f

/** Some of the items from `first` on; with `on`, they are that owner's. */
interface Group {
  readonly first: number
  readonly count: number
  readonly on?: number
}

/** Even groups of images, of up to so many floats. */
function groupsOf({ first, count }: Group, { floats }: Winograd, most: number): Group[] {
  const size = Math.ceil(count / Math.ceil((count * floats) / most))
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => (
    { first: first + i * size, count: Math.min(size, count - i * size) }
  ))
}

/**
 * Each owner has items of its own, so that what its thread writes it reads again, in the same cache, without meeting others;
 * where that is uneven, all threads share all of them. `each`: how many owners a thread may have.
 */
function dealt(items: number, threads: number, each: readonly number[]): Group[] {
  const owners = threads === 1 ? undefined : each.map((n) => threads * n)
    .find((n) => n <= Math.min(items, MOST_OWNERS) && Math.ceil(items / n) * n <= items * UNEVEN)
  if (!owners) return [{ first: 0, count: items }]
  const start = (owner: number): number => Math.floor((items * owner) / owners)
  return Array.from({ length: owners }, (_, on) => ({ first: start(on), count: start(on + 1) - start(on), on }))
}

/** y = epilogue(Aᵀ[(G w) ⊙ (Bᵀ x)]); `back`: x̄ = epilogue(B[(G w) ⊙ (A ȳ)]) */
export function convolution(node: Tensor<EpilogueAttrs>, at: Places, w: Winograd, back: boolean): Lowered {
  const { g: { b, c, f, kh, kw }, depth } = w
  const [source, filter] = at.inputs as [number, number]
  const taps = kh * kw * c
  const sides = [spreadImage(w), spreadResult(w)] as const
  const [from, to] = back ? [sides[1], sides[0]] : sides
  const [k, n] = back ? [f, depth] : [depth, f]
  const { room, used } = scratchAt(at)
  const panels = room(taps * f)
  const filters = room(filterFloats(w))
  const ins = blocks(w, k)
  const outs = blocks(w, n)
  const calls = [packCall(filter, panels, back
    ? { k: [1, 1, f], n: taps, strides: [0, 0, 1, f] }
    : { k: [1, 1, taps], n: f, strides: [0, 0, f, 1] }), back
    ? combine(byChannels(w), c / PANEL, panels, filters)
    : combine(spreadFilter(w, c, c * PANEL, [taps * PANEL, depth * PANEL]), f / PANEL, panels, filters)]
  for (const own of dealt(b, at.threads, OWNERS)) {
    const threads = own.on === undefined ? at.threads : 1
    const groups = groupsOf(own, w, GROUP_FLOATS)
    const most = groups[0]!.count
    const [left, product] = [room(most * from.image[1]), room(most * to.image[1])]
    const share = shareBytes(most * ins[0]!.lines, k)
    const work = room((threads * share) / 4)
    // What is brought back of one group, and spread of the next, lies apart: threads need not meet between.
    const steps = groups.flatMap(({ first, count }) => [
      combine(from, count, source + 4 * first * from.image[0], left),
      ...unmet(ins.map((block, pair) => multiplyCall(
        { panels: filters + 4 * pair * depth * f, work, share },
        { kernel: 'gemm_patches_f32', m: count * block.lines, n, k, rows: outs[pair]!.rows, left: [left, ...block.left] },
        product, threads,
      ))),
      ...apart([combine(to, count, product, at.output + 4 * first * to.image[0], epilogueWords(node, at))]),
    ])
    calls.push(...(own.on === undefined ? steps : apart(steps, own.on)))
  }
  return { calls: ended(calls), bytes: used() }
}

/** w̄ = Gᵀ[(Bᵀ x) ⊙ (A ȳ)]: sums over the images of a group, then over groups, as they are brought back. */
export function filterGradient(at: Places, w: Winograd): Lowered {
  const { g: { b, c, f }, depth } = w
  const [x, dy] = at.inputs as [number, number]
  const [image, result] = [spreadImage(w), spreadResult(w)]
  // By sizes alone, never by threads.
  const groups = groupsOf({ first: 0, count: b }, w, SUM_FLOATS)
  const most = groups[0]!.count
  const { room, used } = scratchAt(at)
  const sums = room(groups.length * filterFloats(w))
  const ins = blocks(w, depth)
  const outs = blocks(w, f)
  const share = shareBytes(depth, most * ins[0]!.lines)
  const calls: KernelCall[] = []
  for (const own of dealt(groups.length, at.threads, [1])) {
    const threads = own.on === undefined ? at.threads : 1
    const left = room(most * image.image[1])
    const [right, panels] = [room(most * result.image[1]), room(most * result.image[1])]
    const work = room((threads * share) / 4)
    for (let group = own.first; group < own.first + own.count; group++) {
      const { first, count } = groups[group]!
      let packed = panels
      const products = outs.map(({ lines, rows: { y, x, start, strides } }, pair) => {
        const [place, m] = [packed, count * lines]
        packed += 4 * m * f
        return [
          packCall(right, place, { start, k: [count, y, x], n: f, strides: [...strides, 1] }),
          multiplyCall(
            { panels: place, work, share },
            { kernel: 'gemm_patches_transposed_f32', m: depth, n: f, k: m, left: [left, ...ins[pair]!.left] },
            sums + 4 * (group * filterFloats(w) + pair * depth * f), threads,
          ),
        ] as const
      })
      const steps = [
        unmet([
          combine(image, count, x + 4 * first * image.image[0], left),
          combine(result, count, dy + 4 * first * result.image[0], right),
        ]),
        unmet(products.map(([pack]) => pack)),
        unmet(products.map(([, multiply]) => multiply)),
      ].flat()
      calls.push(...(own.on === undefined ? steps : apart(steps, own.on)))
    }
  }
  const { along: [[rows, ...rest], across], ...filters } = byChannels(w)
  const ofGroups: Spread = { ...filters, along: [[groups.flatMap(() => rows), ...rest], across] }
  return { calls: [...ended(calls), combine(ofGroups, c / PANEL, sums, at.output, NO_EPILOGUE)], bytes: used() }
}

/** Room for floats, one after another, and the bytes that it took. */
function scratchAt({ scratch }: Places) {
  let end = scratch
  const room = (floats: number): number => {
    const at = end
    end += Math.ceil(floats / 16) * 64
    return at
  }
  return { room, used: () => end - scratch }
}
