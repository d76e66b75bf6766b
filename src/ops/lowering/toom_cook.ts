// Toom and Cook's polynomial products along one axis of an image: a convolution by r taps that gives m results is a product of
// polynomials, known from its values at n = m + r − 1 points, so that n multiplications do the work of m·r:
//     y = Aᵀ[(G w) ⊙ (Bᵀ x)],  x̄ = B[(G w) ⊙ (A ȳ)],  w̄ = Gᵀ[(A ȳ) ⊙ (Bᵀ x)]
// At the points 0, 1, −1 and, of four, ∞ the matrices hold nothing but 0, ±1 and ±½, and rounding stays that of a plain
// sum. A kernel as long as two or three strides is, for each residue of the stride, a convolution by r = 2 or 3 taps at stride 1;
// one of 5 taps at stride 2 is one by 3 taps and one by 2, which has nothing at ∞.

/** A sparse matrix by its rows; null: a row that there is not. */
export type Sparse = readonly (Terms | null)[]
type Terms = readonly (readonly [column: number, weight: number])[]

export function transposed(rows: Sparse, columns: number): Sparse {
  const made = Array.from({ length: columns }, (): [number, number][] => [])
  rows.forEach((terms, i) => terms?.forEach(([column, weight]) => made[column]!.push([i, weight])))
  return made
}

/** Bᵀ at the points 0, 1, −1 and ∞; three points are the first three. */
const INPUT = [[1, 0, -1, 0], [0, 0.5, 0.5, 0], [0, -0.5, 0.5, 0], [0, -1, 0, 1]] as const
/** Term `i` of a polynomial of `length` terms at a point. */
const power = (point: number, i: number, length: number): number =>
  [Number(i === 0), 1, i % 2 ? -1 : 1, Number(i === length - 1)][point]!

/**
 * One axis. Results are cut into segments, the first of them of four points, the others of three. All segments of a point lie
 * together: line = the point's first line + segment. Matrices spread what is plain, pixels or taps, over lines or points.
 */
export interface Axis {
  readonly residues: number
  readonly points: readonly Point[]
  readonly lines: number
  /** Residues of all lines. */
  readonly cells: number
  /** Bᵀ: row line · residues + residue, of pixels. */
  readonly image: Sparse
  /** A: row line, of results. */
  readonly result: Sparse
  /** G: row point · residues + residue, of taps. */
  readonly filter: Sparse
}

interface Point {
  /** Its first line, and how many it has. */
  readonly first: number
  readonly lines: number
  /** So many residues, the first ones, have something there. */
  readonly residues: number
}

/** What `axisOf` gave, by its numbers: a network has few kinds of axes and asks for each some ten times for each convolution. */
const known = new Map<string, Axis | undefined>()

type Numbers = [size: number, results: number, taps: number, stride: number, before: number]

/** Undefined for other kernels than those above, or where the results are too few. For the same numbers, the same. */
export function axisOf(...numbers: Numbers): Axis | undefined {
  const key = numbers.join()
  if (!known.has(key)) known.set(key, makeAxis(...numbers))
  return known.get(key)
}

function makeAxis(...[size, results, taps, stride, before]: Numbers): Axis | undefined {
  const r = Math.ceil(taps / stride)
  const isMixed = taps === 5 && stride === 2
  if ((r !== 2 && r !== 3) || (taps % stride && !isMixed)) return undefined
  const most = 5 - r
  const segments = Math.ceil(results / most)
  const long = results - segments * (most - 1)
  if (long < 0) return undefined
  const points = Array.from({ length: long ? 4 : 3 }, (_, p): Point => ({
    first: p * segments, lines: p < 3 ? segments : long, residues: p === 3 && isMixed ? 1 : stride,
  }))
  /** Of a residue. */
  const tapsOf = (residue: number): number => Math.ceil((taps - residue) / stride)
  const residuesAt = (point: number, terms: (residue: number) => Terms): (Terms | null)[] =>
    Array.from({ length: stride }, (_, residue) => (residue < points[point]!.residues ? terms(residue) : null))
  const image: (Terms | null)[] = []
  const result: Terms[] = []
  for (const [point, { lines }] of points.entries()) {
    for (let segment = 0; segment < lines; segment++) {
      const m = segment < long ? most : most - 1
      const first = segment * (most - 1) + Math.min(segment, long)
      result.push(weights(m, (i) => [first + i, power(point, i, m)]))
      image.push(...residuesAt(point, (residue) => {
        const terms = weights(m + tapsOf(residue) - 1, (j) => [stride * (first + j) + residue - before, INPUT[point]![j]!])
        return terms.filter(([pixel]) => pixel >= 0 && pixel < size)
      }))
    }
  }
  const filter = points.flatMap((_, point) => residuesAt(point, (residue) =>
    weights(tapsOf(residue), (tap) => [stride * tap + residue, power(point, tap, tapsOf(residue))])))
  const cells = points.reduce((sum, { lines, residues }) => sum + lines * residues, 0)
  return { residues: stride, points, lines: result.length, cells, image, result, filter }
}
const weights = (length: number, term: (i: number) => [number, number]): [number, number][] =>
  Array.from({ length }, (_, i) => term(i)).filter(([, weight]) => weight)
