// k-means (Lloyd 1982), in doubles: where a mixture begins.

/** The most rounds: a beginning need not be the end. */
const ROUNDS = 20

/** The centres that rounds of k-means come to, [K × width], from the rows of `values` at `first`. An empty one stays. */
export function centresOf(values: Float64Array, width: number, first: Uint32Array): Float64Array {
  const K = first.length
  const centres = new Float64Array(K * width)
  first.forEach((row, k) => centres.set(values.subarray(row * width, (row + 1) * width), k * width))
  let before: Uint32Array | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const nearest = nearestOf(values, width, centres)
    if (before?.every((k, i) => k === nearest[i])) return centres
    before = nearest
    const [sums, counts] = [new Float64Array(K * width), new Float64Array(K)]
    nearest.forEach((k, i) => {
      counts[k]!++
      for (let j = 0; j < width; j++) sums[k * width + j]! += values[i * width + j]!
    })
    for (let k = 0; k < K; k++) {
      if (counts[k]) for (let j = 0; j < width; j++) centres[k * width + j] = sums[k * width + j]! / counts[k]!
    }
  }
  return centres
}

/** Of each row, the nearest centre, the first of several. */
export function nearestOf(values: Float64Array, width: number, centres: Float64Array): Uint32Array {
  return Uint32Array.from({ length: values.length / width }, (_, i) => {
    let [best, least] = [0, Infinity]
    for (let k = 0; k < centres.length / width; k++) {
      let sum = 0
      for (let j = 0; j < width; j++) {
        const d = values[i * width + j]! - centres[k * width + j]!
        sum += d * d
      }
      if (sum < least) [best, least] = [k, sum]
    }
    return best
  })
}
