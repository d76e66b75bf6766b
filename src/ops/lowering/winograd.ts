// Convolutions by Winograd's products (Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308): which are computed so, and what
// they are made of. The calls are in winograd_calls.ts.
//
//     image   ── spread (spread.ts) ──►  lines × lines, each of `depth` floats ┐
//                                                                              ├─ a product of matrices for each pair of points
//     filter  ── spread ──────────────►  points × points, each depth × f       ┘            │
//     result  ◄─ brought back ─────────  lines × lines, each of f floats  ◄─────────────────┘
//
// A point's lines are its segments, of all images: the rows of its product. The residues of the stride lie side by side, in the
// products' depth or in their columns; the products of a point that has not all of them skip the places of the others.
import { NR } from '../../graph/contract.generated.ts'
import type { Geometry, Patches } from './conv_patches.ts'
import type { Rows } from './gemm.ts'
import type { Spread } from './spread.ts'
import { type Axis, axisOf, type Sparse } from './toom_cook.ts'

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

/** How a convolution is computed by points; undefined where it is not. The choice does not depend on the number of images. */
export function winograd(g: Geometry): Winograd | undefined {
  if (g.algorithm === 'direct' || g.dilationRate[0] * g.dilationRate[1] !== 1 || g.c % NR || g.f % NR) return undefined
  const y = axisOf(g.h, g.oh, g.kh, g.strides[0], g.top)
  const x = axisOf(g.w, g.ow, g.kw, g.strides[1], g.left)
  if (!y || !x) return undefined
  const depth = y.residues * x.residues * g.c
  const floats = y.cells * x.cells * g.c + y.lines * x.lines * g.f
  const plain = 2 * g.oh * g.ow * g.f * g.kh * g.kw * g.c
  if (2 * y.cells * x.cells * g.c * g.f + floats * FLOPS_A_FLOAT > plain * GAIN) return undefined
  return { g, y, x, depth, floats }
}

export const flopsOf = ({ g, y, x }: Winograd): number => 2 * g.b * y.cells * x.cells * g.c * g.f

/** Floats of the spread filters of one pair of points, and of all. */
export const pairFloats = ({ g: { f }, depth }: Winograd): number => depth * f
export const filterFloats = (w: Winograd): number => w.y.points.length * w.x.points.length * pairFloats(w)

export const imageSpread = ({ g: { h, w, c }, y, x, depth }: Winograd): Spread => ({
  image: { plain: h * w * c, spread: y.lines * x.lines * depth },
  run: c,
  y: { matrix: y.image, count: h, plain: [w * c], spread: [x.lines * depth, y.residues, x.residues * c] },
  x: { matrix: x.image, count: w, plain: [c], spread: [depth, x.residues, c] },
})

export const resultSpread = ({ g: { oh, ow, f }, y, x }: Winograd): Spread => ({
  image: { plain: oh * ow * f, spread: y.lines * x.lines * f },
  run: f,
  y: { matrix: y.result, count: oh, plain: [ow * f], spread: [x.lines * f] },
  x: { matrix: x.result, count: ow, plain: [f], spread: [f] },
})

/** Filters in panels of NR columns by `k` rows, an "image" being a panel; `tap`: floats from a tap to the next. */
function filterSpread(w: Winograd, k: number, tap: number, image: Spread['image'], residues = w.x.residues): Spread {
  const { g: { kh, kw }, y, x } = w
  const pair = pairFloats(w)
  return {
    image,
    run: k * NR,
    y: { matrix: y.filter, count: kh, plain: [kw * tap], spread: [x.points.length * pair, y.residues, residues * tap] },
    x: { matrix: x.filter, count: kw, plain: [tap], spread: [pair, x.residues, tap] },
  }
}
/** A panel's columns are filters, its rows taps and channels: one spread for each depth that the pairs of points have. */
export const byFilters = (w: Winograd): Spread[] => {
  const { g: { kh, kw, c } } = w
  const plain = kh * kw * c * NR
  return residuesOf(w.y).flatMap((down) => residuesOf(w.x).map((across): Spread => {
    const { y, x, ...spread } = filterSpread(w, c, c * NR, { plain, spread: down * across * c * NR }, across)
    return { ...spread, y: { ...y, matrix: filtersAt(w.y, down) }, x: { ...x, matrix: filtersAt(w.x, across) } }
  }))
}
/** How many residues points have: the numbers that there are. */
const residuesOf = ({ points }: Axis): number[] => [...new Set(points.map(({ residues }) => residues))]
/** G of the points that have so many. */
const filtersAt = ({ points, residues, filter }: Axis, many: number): Sparse =>
  filter.map((terms, i) => (points[Math.floor(i / residues)]!.residues === many ? terms : null))

/** A panel's columns are channels, its rows filters; so lie filters that are in no panels, too. */
export const byChannels = (w: Winograd): Spread => {
  const { g: { c, f } } = w
  return filterSpread(w, f, c * f, { plain: f * NR, spread: f * NR })
}

/** The lines of one pair of points, of which each is a row of a product. */
export interface Block {
  /** How many an image has. */
  readonly lines: number
  /** As the left side of a product: every line is a patch. */
  readonly patches: Patches
  /** As its result, or its right side. */
  readonly rows: Rows
}
/** With residues: floats that a pair has in a line; `runs` of them lie together, `skip` floats from one to the next. */
export interface ImageBlock extends Block {
  readonly depth: number
  readonly runs: number
  readonly skip: number
}

function blockOf(w: Winograd, py: number, px: number, channels: number): Block {
  const { y, x } = w
  const [{ first: top, lines: rows }, { first: left, lines: columns }] = [y.points[py]!, x.points[px]!]
  const strides = [y.lines * x.lines * channels, x.lines * channels, channels] as const
  return {
    lines: rows * columns,
    patches: {
      image: [1, y.lines, x.lines, channels], count: [rows, columns], step: [1, 1], offset: [top, left],
      taps: [1, 1], tap: [1, 1],
    },
    rows: { y: rows, x: columns, strides, start: (top * x.lines + left) * channels },
  }
}

const pairsOf = <T>({ y, x }: Winograd, of: (py: number, px: number) => T): T[] =>
  y.points.flatMap((_, py) => x.points.map((_p, px) => of(py, px)))

/** The blocks of results that the products of all pairs of points read or write. */
export const resultBlocks = (w: Winograd): Block[] => pairsOf(w, (py, px) => blockOf(w, py, px, w.g.f))

/** Those of images. Where a pair has fewer residues, its patches have a tap for each. */
export const imageBlocks = (w: Winograd): ImageBlock[] => pairsOf(w, (py, px) => {
  const { g: { c }, y, x, depth } = w
  const block = blockOf(w, py, px, depth)
  const [down, across] = [y.points[py]!.residues, x.points[px]!.residues]
  const isWhole = across === x.residues
  const runs = isWhole ? 1 : down
  const sizes = { depth: down * across * c, runs, skip: x.residues * c }
  if (sizes.depth === depth) return { ...block, ...sizes }
  const { offset } = block.patches
  const residues = y.residues * x.residues
  return {
    ...block, ...sizes,
    patches: {
      image: [1, y.lines, x.lines * residues, c], count: block.patches.count, step: [1, residues],
      offset: [offset[0], offset[1] * residues], taps: [1, down * across], tap: [1, isWhole ? 1 : x.residues],
    },
  }
})
