// What workers are given beside tasks: weights, by what changed since the version that they have, and the data. In parts.
import { GanglionError } from '../errors.ts'
import { arraysOf } from './arrays.ts'
import { encodeMessage, partOf, partsOf, type Request } from './protocol.ts'
import type { Weights } from './weights.ts'
import type { StepWork } from './work.ts'

/** @throws GanglionError where there is no such part */
export function weightsFor(weights: Weights, { from, to, part }: Request & { do: 'weights' }): Uint8Array {
  const { version } = weights
  if (to !== version || from > version) return encodeMessage({ stale: true })
  const { variables, values } = weights.since(from)
  if (part >= partsOf(values.byteLength)) throw new GanglionError(`part ${part} of the weights was asked for, and there is none`)
  return encodeMessage({ variables, floats: values.length }, partOf(values, part))
}

/** @throws GanglionError where the model reads no such array */
export function dataFor({ model: { definition }, data }: StepWork, { array, part }: Request & { do: 'data' }): Uint8Array {
  const found = arraysOf(definition, data)[array]
  if (!found) throw new GanglionError(`array ${array} of the data was asked for, and there is none`)
  return encodeMessage({}, partOf(found.array, part))
}
