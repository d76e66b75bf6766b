// Which class each row of a call is of: class numbers, or weights of all classes, of which a one-hot row is a class number.
import { checkLabels } from '../data/rows.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { numbers, whole } from '../options.ts'

export const LABELS = {
  /** The class of each row, where the model has classes. */
  labels: numbers,
  /** One class for all rows, in place of `labels`. */
  label: whole,
  /** In place of `labels`, weights of classes [rows, classes], 1 in all for each row: [0, 0.5, 0.5] is between 1 and 2. */
  classWeights: numbers,
}
interface Given {
  readonly labels?: ArrayLike<number>
  readonly label?: number
  readonly classWeights?: ArrayLike<number>
}

/** The labels of rows: one number each, or `weighted` a row of weights each. */
export interface RowLabels {
  readonly values: ArrayLike<number>
  readonly weighted: boolean
}

/** How far from 1 rounding may bring a sum of weights. */
const ROUNDING = 1e-4

/**
 * The labels of `count` rows; undefined where the model has no classes.
 * @param otherwise where none are given; without it they have to be
 * @throws RangeError where labels are given to a model without classes, none to one with, or they are not as described
 */
export function rowLabels(
  where: string, { kind, classes }: Pick<ModelDefinition, 'kind' | 'classes'>, count: number,
  { labels, label, classWeights }: Given, otherwise?: (row: number, classes: number) => number,
): RowLabels | undefined {
  const given = Object.entries({ label, labels, classWeights }).filter(([, value]) => value !== undefined).map(([name]) => name)
  if (classes === undefined) {
    if (given.length) throw new RangeError(`${where}: labels are given, and the ${kind} has no classes; leave them out`)
    return undefined
  }
  if (given.length > 1) throw new RangeError(`${where}: ${given.join(' and ')} are given, expected one of them`)
  if (!given.length && !otherwise) {
    throw new RangeError(`${where}: the ${kind} has ${classes} classes, and no labels are given; ` +
      'give { labels }, one class number a row, or { label } for all')
  }
  if (classWeights) {
    checkWeights(where, classWeights, count, classes)
    return { values: classWeights, weighted: true }
  }
  const values = labels ?? Float32Array.from({ length: count }, (_, i) => label ?? otherwise!(i, classes))
  if (values.length !== count) {
    throw new RangeError(`${where}: labels expected one for each of the ${count} rows, got ${values.length ?? typeof values}`)
  }
  checkLabels(where, values, classes)
  return { values, weighted: false }
}

function checkWeights(where: string, weights: ArrayLike<number>, count: number, classes: number): void {
  if (weights.length !== count * classes) {
    throw new RangeError(`${where}: classWeights expected ${classes} for each of the ${count} rows, got ${weights.length}`)
  }
  for (let row = 0; row < count; row++) {
    const own = Array.prototype.slice.call(weights, row * classes, (row + 1) * classes) as number[]
    const sum = own.reduce((a, b) => a + (b >= 0 ? b : NaN), 0)
    if (!(Math.abs(sum - 1) < ROUNDING)) {
      throw new RangeError(`${where}: classWeights of row ${row} are ${own.join(', ')}, expected 0 or more each, 1 in all`)
    }
  }
}
