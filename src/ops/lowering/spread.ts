// The transforms of Winograd's convolutions (assembly/kernels/combine2d.ts): a linear map along both axes of images. To spread is
// to go from plain lines (pixels, results, taps) to lines of points; to bring back is the transpose of that.
//
//     plain lines            matrix (toom_cook.ts)          lines of points
//     0 1 2 3 4 5 …   ──────────────────────────────►   point 0 │ point 1 │ point 2 │ …
//                     ◄──────────────────────────────   each with its segments, and those with their residues
//                                transposed
import { combine2d_f32, type Line as LineFields, type Term } from '../../graph/contract.generated.ts'
import { call, type KernelCall } from '../../graph/kernel_call.ts'
import { type EpilogueFields, NO_EPILOGUE } from './epilogue.ts'
import { type Sparse, transposed } from './toom_cook.ts'

/** Where the lines of an axis lie: floats from one to the next, and from a residue to the next, where it has residues. */
export type Grid = readonly [line: number, residues?: number, residue?: number]

/** One axis of a spread. */
export interface Along {
  /** Line by line of the spread, what it is of the plain ones. */
  readonly matrix: Sparse
  /** How many plain lines there are. */
  readonly count: number
  readonly plain: Grid
  readonly spread: Grid
}

/** What spreads images, results or filters over points; its transpose brings them back. In floats. */
export interface Spread {
  /** From one image to the next. */
  readonly image: { readonly plain: number, readonly spread: number }
  /** A pixel: what lies together. */
  readonly run: number
  readonly y: Along
  readonly x: Along
}

type Line = LineFields & { readonly records: readonly Term[] }

/** Bytes from the start to line `i`. */
const place = (i: number, [line, residues = 1, residue = 0]: Grid): number =>
  4 * (Math.floor(i / residues) * line + (i % residues) * residue)

const linesOf = (matrix: Sparse, from: Grid, to: Grid): Line[] => matrix.flatMap((terms, i) => {
  const records = terms?.map(([column, weight]) => ({ place: place(column, from), weight }))
  return records ? [{ place: place(i, to), terms: records.length, records }] : []
})

/** Words of lines on the tape: two of each line, and of each of its terms. */
const wordsOf = (lines: readonly Line[]): number => lines.reduce((sum, { terms }) => sum + 2 + 2 * terms, 0)

/** The call that transforms `count` images from `x` on, to `y`. */
export type Transform = (count: number, x: number, y: number) => KernelCall

/** Makes images of lines, once for all calls; `imageX` and `imageY` are floats from one image to the next. */
function combine(
  rows: readonly Line[], columns: readonly Line[], imageX: number, imageY: number, run: number, epilogue: EpilogueFields,
): Transform {
  const fields = {
    imageX: imageX * 4, imageY: imageY * 4, run: run * 4, rows: rows.length, columns: columns.length, rowWords: wordsOf(rows),
    ...epilogue, records: [...rows, ...columns],
  }
  return (count, x, y) => call(combine2d_f32, { x, y, images: count, ...fields })
}

/** Spreads images over points. */
export function spreading({ image, run, ...axes }: Spread): Transform {
  const lines = ({ matrix, plain, spread }: Along): Line[] => linesOf(matrix, plain, spread)
  return combine(lines(axes.y), lines(axes.x), image.plain, image.spread, run, NO_EPILOGUE)
}

/** Brings images back from points. */
export function bringingBack({ image, run, ...axes }: Spread, epilogue: EpilogueFields = NO_EPILOGUE): Transform {
  const lines = ({ matrix, count, plain, spread }: Along): Line[] => linesOf(transposed(matrix, count), spread, plain)
  return combine(lines(axes.y), lines(axes.x), image.spread, image.plain, run, epilogue)
}
