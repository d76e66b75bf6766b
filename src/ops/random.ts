// Random tensors: counter-based (Philox 4x32-10), so a value depends on the seed, its stream, the step and its index.
import { topological } from '../graph/gradients.ts'
import type { Tensor } from '../graph/tensor.ts'

/** A stream's number: FNV-1a of its name. */
export function streamId(name: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash | 0
}

/** Refuses two random tensors of one function on one stream: they would hold the same numbers. */
export function checkStreams(roots: readonly Tensor[]): void {
  const seen = new Map<number, Tensor>()
  for (const t of topological(roots)) {
    const stream = t.attrs.stream as string | undefined
    if (stream === undefined) continue
    const other = seen.get(streamId(stream))
    if (other) throw new RangeError(`random: two tensors draw from the stream '${stream}' and would be equal; give each a stream of its own`)
    seen.set(streamId(stream), t)
  }
}
