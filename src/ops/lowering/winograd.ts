// Convolutions by Winograd's products (Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308): which are computed so, and what
// they are made of. The calls are in winograd_calls.ts.
//
//     image   ── spread (spread.ts) ──►  lines × lines, each of `depth` floats ┐
//                                                                              ├─ a product of matrices for each pair of points
//     filter  ── spread ──────────────►  points × points, each depth × f       ┘            │
//     result  ◄─ brought back ─────────  lines × lines, each of f floats  ◄─────────────────┘
//
// A point's lines are its segments, of all images: the rows of its product. The residues of the stride lie side by side, in the
// products' depth or in their columns.
import { NR } from '../../graph/contract.generated.ts'
import type { Geometry, Patches } from './conv_patches.ts'
import type { Rows } from './gemm.ts'
import type { Spread } from './spread.ts'
import { type Axis, axisOf } from './toom_cook.ts'

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
  const floats = y.lines * x.lines * (depth + g.f)
  const plain = 2 * g.oh * g.ow * g.f * g.kh * g.kw * g.c
  if (2 * y.lines * x.lines * depth * g.f + floats * FLOPS_A_FLOAT > plain * GAIN) return undefined
  return { g, y, x, depth, floats }
}

export const flopsOf = ({ g, y, x, depth }: Winograd): number => 2 * g.b * y.lines * x.lines * depth * g.f

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
function filterSpread(w: Winograd, k: number, tap: number, image: Spread['image']): Spread {
  const { g: { kh, kw }, y, x } = w
  const pair = pairFloats(w)
  return {
    image,
    run: k * NR,
    y: { matrix: y.filter, count: kh, plain: [kw * tap], spread: [x.points.length * pair, y.residues, x.residues * tap] },
    x: { matrix: x.filter, count: kw, plain: [tap], spread: [pair, x.residues, tap] },
  }
}
/** A panel's columns are filters, its rows taps and channels. */
export const byFilters = (w: Winograd): Spread => {
  const { g: { kh, kw, c }, depth } = w
  return filterSpread(w, c, c * NR, { plain: kh * kw * c * NR, spread: depth * NR })
}
/** A panel's columns are channels, its rows filters; so lie filters that are in no panels, too. */
export const byChannels = (w: Winograd): Spread => {
  const { g: { c, f } } = w
  return filterSpread(w, f, c * f, { plain: f * NR, spread: f * NR })
}

/** The lines of one pair of points. */
export interface Block {
  /** How many an image has. */
  readonly lines: number
  /** As the left side of a product: every line is a patch of one tap. */
  readonly patches: Patches
  /** As its result, or its right side. */
  readonly rows: Rows
}

/** The blocks that the products of all pairs of points read or write, of lines of `channels` floats. */
export function blocksOf({ y, x }: Winograd, channels: number): Block[] {
  const strides = [y.lines * x.lines * channels, x.lines * channels, channels] as const
  return y.points.flatMap(([top, rows]) => x.points.map(([left, columns]): Block => ({
    lines: rows * columns,
    patches: {
      image: [1, y.lines, x.lines, channels], count: [rows, columns], step: [1, 1], offset: [top, left],
      taps: [1, 1], tap: [1, 1],
    },
    rows: { y: rows, x: columns, strides, start: (top * x.lines + left) * channels },
  })))
}
