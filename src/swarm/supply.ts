// What workers are given beside tasks: weights, by what changed since the version that they have, and images. In parts.
import { GanglionError } from '../errors.ts'
import { encodeMessage, PART_BYTES, partOf, partsOf, type Request } from './protocol.ts'
import type { Weights } from './weights.ts'
import type { StepWork } from './work.ts'

/** @throws GanglionError where there is no such part */
export function weightsFor(weights: Weights, { from, to, part }: Request & { do: 'weights' }): Uint8Array {
  const { version } = weights
  if (to !== version || from > version) return encodeMessage({ stale: true })
  const { variables, values } = weights.since(from)
  if (part >= partsOf(values.length)) throw new GanglionError(`part ${part} of the weights was asked for, and there is none`)
  return encodeMessage({ variables, floats: values.length }, partOf(values, part))
}

export function imagesFor({ data: { images } }: StepWork, part: number): Uint8Array {
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength)
  return encodeMessage({ bytes: bytes.length }, bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES))
}
