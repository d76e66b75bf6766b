// The arrays of a data set that a model reads, as a run says what they are and as they are sent: images, labels, further tensors.
// Invariant: a worker's data are those of the run: each array has the digest that the run says, fetched or not.
import { imageDataset, type ImageDataset } from '../data/dataset.ts'
import type { Labels } from '../data/rows.ts'
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { isRecord } from '../options.ts'

const TYPES = { Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array }
type TypeName = keyof typeof TYPES

/** What is known of an array. */
export interface ArrayFacts {
  /** `images`, `labels`, or that of a further tensor. */
  readonly name: string
  readonly type: TypeName
  /** The shape of one row. */
  readonly shape: readonly number[]
  readonly sha256: string
}

/** A data set's arrays that a model reads, by their names. */
export function arraysOf(
  { classes, tensors = {} }: Pick<ModelDefinition, 'classes' | 'tensors'>, data: ImageDataset,
): readonly { readonly name: string, readonly array: Labels, readonly shape: readonly number[] }[] {
  const named = Object.keys(tensors).sort()
  return [
    { name: 'images', array: data.images, shape: data.shape },
    ...(classes !== undefined && data.labels ? [{ name: 'labels', array: data.labels, shape: [] }] : []),
    ...named.flatMap((name) => {
      const found = data.tensors?.[name]
      return found ? [{ name, array: found.data, shape: found.shape }] : []
    }),
  ]
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** What a run says of its data. */
export const factsOf = (definition: ModelDefinition, data: ImageDataset): Promise<ArrayFacts[]> =>
  Promise.all(arraysOf(definition, data).map(async ({ name, array, shape }) => {
    const type = (Object.keys(TYPES) as TypeName[]).find((each) => ({}.toString.call(array) === `[object ${each}]`))!
    return { name, type, shape, sha256: await sha256([bytesOf(array)]) }
  }))

/** Whether data are those that a run says. */
export async function areThose(
  facts: readonly ArrayFacts[], definition: ModelDefinition, data: ImageDataset,
): Promise<boolean> {
  const own = await factsOf(definition, data)
  return own.length === facts.length && own.every((each, i) => {
    const { name, type, shape, sha256: hash } = facts[i]!
    return each.name === name && each.type === type && each.sha256 === hash && each.shape.join() === shape.join()
  })
}

/** Brings an array of a run, by its number among those that the run says. */
export type FetchArray = (array: number, bytes: number) => Promise<Uint8Array>

/**
 * The run's data, fetched.
 * @throws GanglionError where what came is not what the run says
 */
export async function fetchedData(
  { arrays, count, classes }: { readonly arrays: readonly ArrayFacts[], readonly count: number, readonly classes?: number },
  fetched: FetchArray,
): Promise<ImageDataset> {
  const made = new Map<string, { readonly data: Labels, readonly shape: readonly number[] }>()
  for (const [i, { name, type, shape, sha256: expected }] of arrays.entries()) {
    const Type = TYPES[type]
    const bytes = await fetched(i, Type.BYTES_PER_ELEMENT * shape.reduce((n, d) => n * d, count))
    if (await sha256([bytes]) !== expected) {
      throw new GanglionError(`the ${name} that were fetched are not those of the run; try again`)
    }
    made.set(name, { data: new Type(bytes.slice().buffer), shape })
  }
  const { images, labels, ...tensors } = Object.fromEntries(made)
  return imageDataset({
    images: images!.data as Uint8Array, shape: images!.shape as [number, number, number], labels: labels?.data, classes,
    tensors: tensors as Parameters<typeof imageDataset>[0]['tensors'],
  })
}

const isSizes = (x: unknown): boolean => Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n > 0)
const isFacts = (x: unknown): x is ArrayFacts => isRecord(x) && typeof x['name'] === 'string' &&
  typeof x['sha256'] === 'string' && Object.hasOwn(TYPES, String(x['type'])) && isSizes(x['shape'])
/** Whether something is what a run says of its data: images first, each name once. */
export const areFacts = (x: unknown): x is readonly ArrayFacts[] => Array.isArray(x) && x.every(isFacts) &&
  x[0]?.name === 'images' && x[0].shape.length === 3 && new Set(x.map(({ name }) => name)).size === x.length
