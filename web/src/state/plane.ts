// The plane in which codes differ most: their two principal components, by power iteration. It begins with the axes of before, so
// that a map that is drawn anew moves and does not jump. For the eye alone: no number of it reaches a model.
export interface Plane {
  readonly size: number
  readonly mean: Float32Array
  readonly axes: readonly [Float32Array, Float32Array]
}

/** Rounds from axes of nothing, and from those of before. */
const ROUNDS = 24
const AGAIN = 3

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
function unit(v: Float32Array): Float32Array {
  const length = Math.sqrt(dot(v, v))
  return length > 0 ? v.map((x) => x / length) : v
}

export function meanOf(codes: Float32Array, size: number, chosen?: (row: number) => boolean): Float32Array {
  const mean = new Float32Array(size)
  let count = 0
  for (let row = 0; row < codes.length / size; row++) {
    if (chosen && !chosen(row)) continue
    count++
    for (let i = 0; i < size; i++) mean[i]! += codes[row * size + i]!
  }
  return mean.map((x) => x / Math.max(1, count))
}

/** How far each number of a code is from its mean, on average. */
export function spreadOf(codes: Float32Array, mean: Float32Array): Float32Array {
  const size = mean.length
  const sums = new Float32Array(size)
  codes.forEach((x, i) => (sums[i % size]! += (x - mean[i % size]!) ** 2))
  return sums.map((sum) => Math.sqrt(sum / (codes.length / size)))
}

/** `v`, turned towards where the centred codes spread, beside the axes that there are. */
function turned(codes: Float32Array, mean: Float32Array, v: Float32Array, others: readonly Float32Array[]): Float32Array {
  const size = mean.length
  const next = new Float32Array(size)
  for (let at = 0; at < codes.length; at += size) {
    let along = 0
    for (let i = 0; i < size; i++) along += (codes[at + i]! - mean[i]!) * v[i]!
    for (let i = 0; i < size; i++) next[i]! += along * (codes[at + i]! - mean[i]!)
  }
  for (const other of others) {
    const shared = dot(next, other)
    for (let i = 0; i < size; i++) next[i]! -= shared * other[i]!
  }
  return unit(next)
}

export function planeOf(codes: Float32Array, size: number, before?: Plane): Plane {
  const mean = meanOf(codes, size)
  const axis = (place: 0 | 1, others: readonly Float32Array[]) => {
    const known = before?.size === size ? before.axes[place] : undefined
    let v = known ?? unit(Float32Array.from({ length: size }, (_, i) => 1 / (1 + ((i + place) % size))))
    for (let round = 0; round < (known ? AGAIN : ROUNDS); round++) v = turned(codes, mean, v, others)
    return v
  }
  const first = axis(0, [])
  return { size, mean, axes: [first, axis(1, [first])] }
}

/** Where codes are in the plane: x, y of each. */
export function placesOf(codes: Float32Array, { size, mean, axes }: Plane): Float32Array {
  const places = new Float32Array((codes.length / size) * 2)
  for (let row = 0; row < codes.length / size; row++) {
    const centred = codes.subarray(row * size, (row + 1) * size).map((x, i) => x - mean[i]!)
    places[2 * row] = dot(centred, axes[0])
    places[2 * row + 1] = dot(centred, axes[1])
  }
  return places
}

/** The code at a place of the plane. */
export const codeAt = ({ mean, axes: [a, b] }: Plane, x: number, y: number): Float32Array => (
  mean.map((m, i) => m + x * a[i]! + y * b[i]!))

/** Codes at equal distances from one to another, both among them. */
export function between(a: Float32Array, b: Float32Array, count: number): Float32Array {
  const all = new Float32Array(count * a.length)
  for (let step = 0; step < count; step++) {
    const t = step / (count - 1)
    a.forEach((x, i) => (all[step * a.length + i] = (1 - t) * x + t * b[i]!))
  }
  return all
}
