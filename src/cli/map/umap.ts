// UMAP (McInnes, Healy and Melville 2018) by umap-js, from a seed. Its exp and pow are the engine's: a picture may differ between
// engines.
import { GanglionError } from '../../errors.ts'

/** Neighbours that a code has. */
const NEIGHBOURS = 15

/**
 * Places of codes [n × width] in a plane, [n × 2].
 * @throws GanglionError where umap-js is not installed
 */
export async function embedded(codes: Float32Array, width: number, seed: number): Promise<Float64Array> {
  // eslint-disable-next-line no-restricted-syntax -- an optional package, of a command that has just begun
  const { UMAP } = await import('umap-js').catch((cause: Error) => {
    throw new GanglionError('--by umap needs the package umap-js; run "npm install umap-js"', { cause })
  })
  const rows = Array.from({ length: codes.length / width }, (_, i) => [...codes.subarray(i * width, (i + 1) * width)])
  const umap = new UMAP({ nNeighbors: Math.min(NEIGHBOURS, rows.length - 1), random: numbers(seed) })
  return Float64Array.from(umap.fit(rows).flat())
}

/** Numbers from 0 to 1, one after another: a counter, mixed (mulberry32). */
function numbers(seed: number): () => number {
  let counter = seed % 4294967296
  return () => {
    counter = (counter + 0x6d2b79f5) | 0
    let t = Math.imul(counter ^ (counter >>> 15), counter | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
