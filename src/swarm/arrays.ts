// The arrays of a data set that a model reads, as a run says what they are: images, labels, further tensors.
import type { ImageDataset } from '../data/dataset.ts'
import type { Labels } from '../data/rows.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { isListOf, isRecord } from '../options.ts'

const TYPES = { Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array }
type TypeName = keyof typeof TYPES

/** What is known of an array. */
export interface ArrayFacts {
  /** `images`, `labels`, or that of a further tensor. */
  readonly name: string
  readonly type: TypeName
  /** The shape of one row. */
  readonly shape: readonly number[]
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

/** By its tag: an array may come from another realm. */
export const typeOf = (array: Labels): TypeName =>
  (Object.keys(TYPES) as TypeName[]).find((each) => ({}.toString.call(array) === `[object ${each}]`))!
/** How many numbers a row has. */
export const rowSizeOf = ({ shape }: ArrayFacts): number => shape.reduce((n, d) => n * d, 1)
export const rowBytesOf = (facts: ArrayFacts): number => TYPES[facts.type].BYTES_PER_ELEMENT * rowSizeOf(facts)
/** The numbers in some bytes: a copy, since these may lie anywhere. */
export const numbersIn = ({ type }: ArrayFacts, bytes: Uint8Array): Labels => new TYPES[type](new Uint8Array(bytes).buffer)

const isSizes = (x: unknown): boolean => isListOf(x, (n): n is number => Number.isSafeInteger(n) && (n as number) > 0)
const isFacts = (x: unknown): x is ArrayFacts => isRecord(x) && typeof x['name'] === 'string' &&
  Object.hasOwn(TYPES, String(x['type'])) && isSizes(x['shape'])
/** Whether something is what a run says of its arrays: images first, each name once. */
export const areFacts = (x: unknown): x is readonly ArrayFacts[] => isListOf(x, isFacts) &&
  x[0]?.name === 'images' && x[0].shape.length === 3 && new Set(x.map(({ name }) => name)).size === x.length
export const sameFacts = (a: readonly ArrayFacts[], b: readonly ArrayFacts[]): boolean =>
  a.length === b.length && a.every(({ name, type, shape }, i) => (
    b[i]!.name === name && b[i]!.type === type && b[i]!.shape.join() === shape.join()))
