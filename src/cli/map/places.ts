// Where codes lie in a plane: codes of two numbers as they are, others by their first two principal axes or by UMAP.
import { GanglionError } from '../../errors.ts'
import { eigen } from '../../metrics/eigen.ts'
import { gaussian } from '../../metrics/frechet.ts'
import { embedded } from './umap.ts'

/** Numbers of a code whose principal axes are looked for: a covariance of them takes seconds. */
const MOST_NUMBERS = 512

export interface Places {
  /** [n × 2], y upwards. */
  readonly xy: Float64Array
  /** What they are, for people. */
  readonly what: string
  /** The code that lies at a place, where each place has one. */
  codeAt?(x: number, y: number): Float32Array
}

/** @param codes [n × width], of two at least */
export async function placesOf(codes: Float32Array, width: number, by: 'pca' | 'umap', seed: number): Promise<Places> {
  if (by === 'umap') {
    return { xy: await embedded(codes, width, seed), what: 'UMAP of the codes' }
  }
  if (width > 2) return byAxes(codes, width)
  const n = codes.length / width
  return {
    xy: Float64Array.from({ length: 2 * n }, (_, at) => (at % 2 < width ? codes[Math.floor(at / 2) * width + at % 2]! : 0)),
    what: width === 2 ? 'the two numbers of a code' : 'the number of a code, to the right',
    codeAt: (x, y) => Float32Array.of(x, y).subarray(0, width),
  }
}

/** The plane through the mean of the codes in which they vary most. */
function byAxes(codes: Float32Array, width: number): Places {
  if (width > MOST_NUMBERS) {
    throw new GanglionError(`a code has ${width} numbers, and principal axes are looked for among ${MOST_NUMBERS} at most; ` +
      'give --by umap')
  }
  const { mean, covariance } = gaussian({ values: codes, width })
  const { values, vectors } = eigen(covariance, width)
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b)
  const axes = order.slice(0, 2).map((i) => pointed(vectors.subarray(i * width, (i + 1) * width)))
  const total = values.reduce((sum, v) => sum + v, 0)
  const part = total > 0 ? (values[order[0]!]! + values[order[1]!]!) / total : 0
  const n = codes.length / width
  return {
    xy: Float64Array.from({ length: 2 * n }, (_, at) => {
      const axis = axes[at % 2]!
      return axis.reduce((sum, v, j) => sum + v * (codes[Math.floor(at / 2) * width + j]! - mean[j]!), 0)
    }),
    what: `the first two principal axes of the codes, ${Math.round(100 * part)} % of their variance`,
    codeAt: (x, y) => Float32Array.from(mean, (m, j) => m + x * axes[0]![j]! + y * axes[1]![j]!),
  }
}

/** Of the two directions of an axis, the one whose largest number is positive. */
function pointed(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0)
  return largest < 0 ? axis.map((v) => -v) : axis
}
