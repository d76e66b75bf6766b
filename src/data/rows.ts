// What a dataset has beside its images: labels and further tensors. Invariant: row i of each is of image i.
import { check, isFloats, isRecord, pixels, rule, shape as shapeRule } from '../options.ts'

/** Class numbers, 0, 1, 2 …, one an image. */
export type Labels = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array

/** A tensor of a dataset's rows: masks, angles, a second picture. */
export interface RowTensor {
  /** count × shape values. They reach a batch as they are, bytes as 0 to 255. */
  readonly data: Uint8Array | Float32Array
  /** The shape of one row; [] for one number a row. */
  readonly shape: readonly number[]
}

export interface Rows {
  readonly count: number
  readonly labels?: Labels
  readonly classes?: number
  readonly tensors?: Readonly<Record<string, RowTensor>>
}

/** By its tag: an array may come from another realm. */
const isLabels = (x: unknown): x is Labels => /\[object (Ui|I)nt(8|16|32)A|Float32A/.test({}.toString.call(x))
const LABELS = rule('class numbers in a typed array, a Uint8Array or an Int32Array, say', isLabels)
const TENSORS = rule('tensors by name, { data, shape } each', isRecord)
const TENSOR = rule('{ data, shape }', isRecord)
const SHAPE = { ...shapeRule, expected: 'the shape of one row, a list of positive integers' }

/**
 * Whether labels and tensors are what they should be, and of as many rows as there are images.
 * @throws TypeError for arrays of a wrong type, RangeError for labels that are no class numbers, and for other counts of rows
 */
export function checkRows(where: string, { count, labels, classes, tensors }: Rows): void {
  if (labels !== undefined) {
    check(where, 'labels', labels, LABELS)
    if (labels.length !== count) {
      throw new RangeError(`${where}: labels expected one for each of the ${count} images, got ${labels.length}`)
    }
    checkLabels(where, labels, classes)
  }
  if (tensors === undefined) return
  check(where, 'tensors', tensors, TENSORS)
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(where, name, tensor, count)
}

/** Class numbers travel as f32, which holds all integers up to here. */
const MOST = 16777216

/** @throws RangeError where a label is not an integer from 0 to classes − 1 */
export function checkLabels(where: string, labels: ArrayLike<number>, classes?: number): void {
  const end = classes ?? MOST
  const bad = Array.prototype.findIndex.call(labels, (x: number) => !(Number.isInteger(x) && x >= 0 && x < end))
  if (bad < 0) return
  const upTo = classes === undefined ? 'up' : `to ${classes - 1}`
  throw new RangeError(`${where}: label ${bad} is ${labels[bad]}, expected a class number, an integer from 0 ${upTo}`)
}

function checkTensor(where: string, name: string, tensor: RowTensor, count: number): void {
  if (name === 'images' || name === 'labels') {
    throw new RangeError(`${where}: a further tensor is named '${name}', expected another name; ` +
      `a batch has its ${name} by that one`)
  }
  check(where, `the tensor '${name}'`, tensor, TENSOR)
  const { data, shape } = tensor
  check(where, `the data of '${name}'`, data, pixels)
  check(where, `the shape of '${name}'`, shape, SHAPE)
  const size = shape.reduce((n, d) => n * d, 1)
  if (data.length !== count * size) {
    throw new RangeError(`${where}: the tensor '${name}' has ${data.length} values, ` +
      `expected ${count * size}, ${size} for each of the ${count} images`)
  }
  const bad = isFloats(data) ? data.find((x) => !Number.isFinite(x)) : undefined
  if (bad !== undefined) throw new RangeError(`${where}: the tensor '${name}' holds ${bad}, expected finite numbers`)
}
