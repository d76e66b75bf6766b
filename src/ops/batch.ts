// Datasets in linear memory and the batch that a step reads from them: gathered through a seeded permutation of the
// samples (a new one each epoch) and scaled to f32, inside the step.
import { batch_f32, batch_u8 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import {
  checked, complete, count as countRule, finite, flag, type Given, option, pixels, rule, shape as shapeRule, whole,
} from '../options.ts'
import { apply, type Op, type Shape, shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { streamId } from './random.ts'

type DatasetAttrs = { data: Uint8Array | Float32Array; shape: Shape }
export const datasetOp: Op<DatasetAttrs> = {
  name: 'dataset',
  shape: (_, { shape }) => shape,
  gradient: null,
  calls: 'leaf',
  flops: () => 0,
}

/**
 * A dataset as a leaf: `shape[0]` samples of shape `shape[1…]`, u8 or f32, copied into linear memory once.
 * @throws RangeError where the values do not fill the shape, TypeError where they are of another kind
 * @example
 * const data = ops.dataset(new Uint8Array(60 * 784), [60, 28, 28, 1])
 */
export const dataset = checked('dataset', { data: pixels, shape: shapeRule }, (
  data: DatasetAttrs['data'], shape: Shape,
): Tensor<DatasetAttrs> => {
  if (data.length !== sizeOf(shape)) throw shapeError('dataset', `${data.length} values do not fill the shape ${show(shape)}`)
  return apply(datasetOp, [], { data, shape })
})
export const isDataset = (t: Tensor): t is Tensor<DatasetAttrs> => t?.op === datasetOp

interface BatchAttrs extends Record<string, unknown> {
  readonly size: number
  readonly shuffle: boolean
  readonly dropRemainder: boolean
  readonly scale: number
  readonly offset: number
  readonly first: number
  readonly samples?: number
}

export const batchOp: Op<BatchAttrs> = {
  name: 'batch',
  shape([data], { size, first }) {
    if (first + size > data![0]!) {
      const what = first ? `samples ${first} to ${first + size} of a step are` : `a batch of ${size} is`
      const larger = first ? 'more than the dataset has,' : 'larger than the dataset of'
      throw shapeError('batch', `${what} ${larger} ${data![0]}; use a smaller batch size`)
    }
    return [size, ...data!.slice(1)]
  },
  gradient: null,
  calls(node, at) {
    const data = node.inputs[0] as Tensor<DatasetAttrs>
    const { size, shuffle, scale, offset, first } = node.attrs
    return [call(data.attrs.data.BYTES_PER_ELEMENT === 1 ? batch_u8 : batch_f32, {
      data: at.inputs[0]!, y: at.output, size, item: node.size / size, count: data.shape[0]!, seed: at.seed, counter: at.counter,
      shuffle: Number(shuffle), stream: streamId('shuffle'), scale, offset, first,
    })]
  },
  flops: (node) => node.size * 2,
}

const BATCH = {
  /** In a new order each epoch. Default true. */
  shuffle: option(flag, true),
  /** Leave out the last samples of an epoch that fill no batch. Default false: the epoch's first ones fill the last batch up. */
  dropRemainder: option(flag, false),
  /** Of what the dataset holds, bytes as 0 to 255. Default 1. */
  scale: option(finite, 1),
  /** Default 0. */
  offset: option(finite, 0),
  /** How many samples of the step come before. Default 0. */
  first: option(whole, 0),
  /**
   * How many samples an epoch has, where the dataset is a window that the host fills before steps run: sample p of the epoch is
   * its row p mod its length, so that `shuffle` has to be false. Default: as many as the dataset.
   */
  samples: countRule,
}
const DATA = rule('what dataset() makes', (x): x is Tensor<DatasetAttrs> => isDataset(x as Tensor))

/**
 * `scale · sample + offset` for `size` samples of the step: sample i of the step is row perm((position + i) mod count) of the
 * dataset, and the batch has those from `first` on. A step goes on by all samples that its batches read.
 * @throws RangeError where the dataset has fewer samples, or an option is unknown; TypeError where an argument has a wrong type
 * @example
 * const images = ops.batch(ops.dataset(new Uint8Array(60 * 784), [60, 28, 28, 1]), 20, { shuffle: true })
 */
export const batch = checked('batch', { data: DATA, size: countRule }, (
  data: Tensor, size: number, options: Given<typeof BATCH> = {},
): Tensor => apply(batchOp, [data], { size, ...complete('batch', options, BATCH) }))
export const isBatch = (t: Tensor): t is Tensor<BatchAttrs> => t.op === batchOp

/** The samples of an epoch. */
const samplesOf = ({ attrs, inputs }: Tensor<BatchAttrs>): number => attrs.samples ?? inputs[0]!.shape[0]!

/**
 * The samples that a step with these batches reads, and those that an epoch of such steps goes through; 0 for no batches.
 * @throws RangeError where the batches are of datasets of different lengths, or two have some samples in common but not all
 */
export function epochOf(batches: readonly Tensor<BatchAttrs>[]): { rows: number; count: number } {
  const kinds = new Set(batches.map((b) => `${samplesOf(b)}${b.attrs.dropRemainder ? ' without remainder' : ''}`))
  if (kinds.size > 1) throw new RangeError(`a function reads batches of different datasets: ${[...kinds].join(' and ')} samples`)
  const spans = batches.map(({ attrs: { first, size } }) => [first, first + size] as const)
  for (const [from, to] of spans) {
    const other = spans.find(([begin, end]) => begin < to && from < end && (begin !== from || end !== to))
    if (!other) continue
    const both = `${from} to ${to} and ${other[0]} to ${other[1]}`
    throw new RangeError(`a function reads samples ${both} of a step; expected the same ones, or ones after the others`)
  }
  const rows = Math.max(0, ...spans.map(([, to]) => to))
  const count = batches[0] ? samplesOf(batches[0]) : 0
  return { rows, count: batches[0]?.attrs.dropRemainder ? count - (count % rows) : count }
}
