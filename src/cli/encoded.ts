// Codes of images, for commands.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { scaledImages } from '../train/batches.ts'
import { readsLabels } from '../train/inference.ts'
import type { Model } from '../train/model.ts'

/** Images in memory as floats at a time. */
const ROWS = 1024

/**
 * The definition of a model that can encode.
 * @param what it is asked for, as a verb
 * @throws GanglionError where it has no encoder
 */
export function encoderOf({ definition }: Model, what: string, mend: string): ModelDefinition {
  if (definition.encode) return definition
  throw new GanglionError(`a ${definition.kind} cannot ${what}: it has no encoder; ${mend}`)
}

/** As many numbers below `total` as `most`, as far from each other as they can be: data may be sorted by classes. */
export const spread = (total: number, most: number): number[] => {
  const count = Math.min(total, most)
  return Array.from({ length: count }, (_, i) => Math.floor((i * total) / count))
}

/**
 * Codes of the images of `data` at `rows`, all of them by default, [n, …codeShape].
 * @throws GanglionError where the encoder is told labels and there are none
 */
export function codesOf(model: Model, data: ImageDataset, rows?: readonly number[]): Float32Array {
  const { kind, codeShape } = model.definition
  const { count, labels, name } = data
  const told = readsLabels(model.definition, 'encode')
  if (told && !labels) {
    throw new GanglionError(`a ${kind} needs labels to encode, and "${name}" has none; give data with labels`)
  }
  const size = sizeOf(codeShape)
  const total = rows?.length ?? count
  const codes = new Float32Array(total * size)
  for (let first = 0; first < total; first += ROWS) {
    const some = Array.from({ length: Math.min(ROWS, total - first) }, (_, i) => rows?.[first + i] ?? first + i)
    codes.set(model.encode(scaledImages(data, some), told ? { labels: some.map((i) => labels![i]!) } : {}), first * size)
  }
  return codes
}
