// The directions in the space of codes along which a model's pictures change most: eigenvectors of the mean of JᵀJ, J the
// derivative of the picture by the code in standard deviations, by differences (Wang & Ponce 2021, arXiv:2101.06006).
import type { Model } from '../../train/model.ts'

/** How many there are at most. */
const MOST = 8
/** Codes that the deviations are those of, and codes at which pictures are compared, as many as the time allows. */
const DRAWN = 256
const PROBES = 8
const WORK = 1e9
const ROUNDS = 60

/** The most telling first, each as long as a standard deviation of the codes. The same for the same weights. */
export function leadingDirections(model: Model, seed: number): number[][] {
  const { classes } = model.definition
  const codes = model.drawCodes(DRAWN, { seed })
  const size = codes.length / DRAWN
  const deviations = deviationsOf(codes, size)
  const decode = (values: Float32Array, row: number) =>
    model.decode(values, classes === undefined ? {} : { label: row % classes })
  const pixels = decode(codes.subarray(0, size), 0).length
  const gram = new Float64Array(size * size)
  const probes = Math.max(1, Math.min(PROBES, Math.floor(WORK / (size * size * pixels))))
  for (let row = 0; row < probes; row++) {
    addGram(gram, differences(codes.subarray(row * size, (row + 1) * size), deviations, (values) => decode(values, row)), size)
  }
  const found = eigenvectors(gram, size, Math.min(MOST, size))
  return found.map((vector) => Array.from(vector, (x, i) => Number((x * deviations[i]!).toPrecision(6))))
}

function deviationsOf(codes: Float32Array, size: number): Float64Array {
  const [sum, squares] = [new Float64Array(size), new Float64Array(size)]
  codes.forEach((x, i) => {
    sum[i % size]! += x
    squares[i % size]! += x * x
  })
  const count = codes.length / size
  return squares.map((square, i) => Math.sqrt(Math.max(0, square / count - (sum[i]! / count) * (sum[i]! / count))))
}

/** What pictures differ by a deviation before and behind a code, for each number of it: [size][pixels]. */
function differences(code: Float32Array, deviations: Float64Array, decode: (codes: Float32Array) => Float32Array): Float32Array {
  const size = code.length
  const moved = new Float32Array(2 * size * size)
  for (let i = 0; i < 2 * size; i++) {
    moved.set(code, i * size)
    moved[i * size + (i >> 1)]! += i & 1 ? -deviations[i >> 1]! : deviations[i >> 1]!
  }
  const images = decode(moved)
  const pixels = images.length / (2 * size)
  return Float32Array.from({ length: size * pixels }, (_, i) => {
    const at = 2 * Math.floor(i / pixels) * pixels + (i % pixels)
    return images[at]! - images[at + pixels]!
  })
}

/** Adds rows · rowsᵀ. */
function addGram(gram: Float64Array, rows: Float32Array, size: number): void {
  const length = rows.length / size
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k < length; k++) sum += rows[i * length + k]! * rows[j * length + k]!
      gram[i * size + j]! += sum
      if (i !== j) gram[j * size + i]! += sum
    }
  }
}

/** The first eigenvectors of a symmetric matrix, by orthogonal iteration. The largest number of each is positive. */
function eigenvectors(matrix: Float64Array, size: number, count: number): Float64Array[] {
  const first = (k: number) => Float64Array.from({ length: size }, (_, i) => (i === k ? 1 : 1 / (2 + i + k)))
  let found: Float64Array[] = Array.from({ length: count }, (_, k) => first(k))
  for (let round = 0; round < ROUNDS; round++) {
    found = orthonormal(found.map((v) => v.map((_, i) => v.reduce((sum, x, j) => sum + matrix[i * size + j]! * x, 0))))
  }
  return found.map((v) => {
    const largest = v.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0)
    return largest < 0 ? v.map((x) => -x) : v
  })
}

/** Gram and Schmidt's; what is left of a vector that depends on those before it is 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const vector of vectors) {
    for (const other of done) {
      const along = vector.reduce((sum, x, i) => sum + x * other[i]!, 0)
      other.forEach((x, i) => { vector[i]! -= along * x })
    }
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
    done.push(length > 1e-12 ? vector.map((x) => x / length) : vector.fill(0))
  }
  return done
}
