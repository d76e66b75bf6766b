// What workers are given beside tasks: weights, by what changed since the version that they have. In parts.
import { GanglionError } from '../errors.ts'
import { encodeMessage, partBytes, PART_BYTES, partsOf, type Request, writeMessage } from './protocol.ts'
import type { Weights } from './weights.ts'

/** @throws GanglionError where there is no such part */
export function weightsFor(weights: Weights, { from, to, part }: Request & { do: 'weights' }): Uint8Array {
  const { version } = weights
  if (to !== version || from > version) return encodeMessage({ stale: true })
  const variables = weights.changedSince(from)
  const bytes = weights.bytesOf(variables)
  if (part >= partsOf(bytes)) throw new GanglionError(`part ${part} of the weights was asked for, and there is none`)
  return writeMessage({}, partBytes(bytes, part), (payload) => weights.read(variables, part * PART_BYTES, payload))
}
