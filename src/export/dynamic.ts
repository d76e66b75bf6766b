// A part for any number of rows: its graphs for two numbers are compared, and where they differ, the batch is. Shared by the
// formats whose graphs take batches of any size.
// Invariant: a graph that does not say alike what it does with two batches and with three is refused, never guessed at.
import { GanglionError } from '../errors.ts'
import { isConstant, isVariable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import type { PartGraph } from './part.ts'
import type { Source } from './source.ts'

/** Two primes that no layer's size is likely to be: a dimension that is a multiple of each is one of the batch. */
const ROWS = [1009, 2003] as const

/** A dimension: a number, or so many times the batch's rows. */
export type Dimension = number | { readonly times: number }
export const isBatchwise = (d: Dimension): d is { readonly times: number } => typeof d !== 'number'

export interface DynamicPart extends PartGraph {
  /** Its tensors, inputs before users. */
  readonly tensors: readonly Tensor[]
  dimensionsOf(tensor: Tensor): readonly Dimension[]
}

/** Names an op and the layer that it is in, for messages. */
export const whereOf = ({ op, scope }: Tensor): string => `'${op.name}'${scope ? ` in '${scope}'` : ''}`

/** Attributes that say the batch's size, which shapes say too. */
const SIZES: readonly string[] = ['shape', 'image', 'size']

/**
 * The part of a source for any number of rows.
 * @throws GanglionError where what it computes of a row depends on how many there are
 */
export function dynamicPart(source: Source): DynamicPart {
  const [a, b] = ROWS.map((rows) => source.graph(rows)) as [PartGraph, PartGraph]
  const [first, second] = [a, b].map(({ outputs }) => topological([...outputs.values()])) as [Tensor[], Tensor[]]
  const dimensions = new Map<Tensor, readonly Dimension[]>()
  first.forEach((tensor, i) => {
    const other = second[i]
    if (!other || other.op !== tensor.op || other.shape.length !== tensor.shape.length) throw refusal(tensor)
    if (!alike(tensor, other)) throw refusal(tensor)
    dimensions.set(tensor, tensor.shape.map((size, axis) => {
      const times = size / ROWS[0]
      if (size === other.shape[axis]) return size
      if (Number.isInteger(times) && other.shape[axis] === times * ROWS[1]) return { times }
      throw refusal(tensor)
    }))
  })
  return { ...a, tensors: first, dimensionsOf: (tensor) => dimensions.get(tensor)! }
}

/** Whether two tensors are made alike, but for how many rows there are. */
function alike(a: Tensor, b: Tensor): boolean {
  if (isVariable(a)) return a === b
  if (isConstant(a) && isConstant(b)) {
    const [x, y] = [a.attrs.values, b.attrs.values]
    const [long, short] = x.length > y.length ? [x, y] : [y, x]
    return long.every((value, i) => Object.is(value, x.length === y.length ? short[i] : short[0]))
  }
  const key = ({ attrs }: Tensor) => JSON.stringify(attrs, (name, value: unknown) => (SIZES.includes(name) ? undefined : value))
  return key(a) === key(b)
}

const refusal = (tensor: Tensor): GanglionError => new GanglionError(
  `${whereOf(tensor)} computes of a row what depends on how many rows there are, which a file for batches of any size cannot ` +
  'say; decode and encode each row for itself')
