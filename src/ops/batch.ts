// Datasets in linear memory and the batch that a step reads from them: gathered through a seeded permutation of the
// samples (a new one each epoch) and scaled to f32, inside the step.
import { bits } from '../graph/kernel_call.ts'
import { check, pixels } from '../options.ts'
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
 */
export function dataset(data: DatasetAttrs['data'], shape: Shape): Tensor<DatasetAttrs> {
  check('dataset', 'data', data, pixels)
  if (data.length !== sizeOf(shape)) throw shapeError('dataset', `${data.length} values do not fill the shape ${show(shape)}`)
  return apply(datasetOp, [], { data, shape })
}
export const isDataset = (t: Tensor): t is Tensor<DatasetAttrs> => t.op === datasetOp

interface BatchAttrs extends Record<string, unknown> {
  readonly size: number
  readonly shuffle: boolean
  readonly dropRemainder: boolean
  readonly scale: number
  readonly offset: number
}

export const batchOp: Op<BatchAttrs> = {
  name: 'batch',
  shape([data], { size }) {
    if (size > data![0]!) {
      throw shapeError('batch', `a batch of ${size} is larger than the dataset of ${data![0]}; use a smaller batch size`)
    }
    return [size, ...data!.slice(1)]
  },
  gradient: null,
  calls(node, at) {
    const data = node.inputs[0] as Tensor<DatasetAttrs>
    const { size, shuffle, scale, offset } = node.attrs
    const kernel = data.attrs.data.BYTES_PER_ELEMENT === 1 ? 'batch_u8' : 'batch_f32'
    const places = [at.inputs[0]!, at.output, size, node.size / size, data.shape[0]!, at.seed, at.counter]
    return [[kernel, ...places, shuffle ? 1 : 0, streamId('shuffle'), bits(scale), bits(offset)]]
  },
  flops: (node) => node.size * 2,
}

/**
 * `scale · sample + offset` for the step's `size` samples.
 * @param options.shuffle in a new order each epoch, true by default
 * @param options.dropRemainder leave out the last samples of an epoch that fill no batch; by default (false) the last batch is
 * filled up with the epoch's first ones
 * @param options.scale 1 by default: of what the dataset holds, bytes as 0 to 255
 * @param options.offset 0 by default
 * @throws RangeError where the dataset has fewer samples
 */
export function batch(data: Tensor, size: number, options: Partial<Omit<BatchAttrs, 'size'>> = {}): Tensor {
  const { shuffle = true, dropRemainder = false, scale = 1, offset = 0 } = options
  return apply(batchOp, [data], { size, shuffle, dropRemainder, scale, offset })
}
export const isBatch = (t: Tensor): t is Tensor<BatchAttrs> => t.op === batchOp

/** The samples that one epoch of batches like `t` goes through. */
export function epochLength(t: Tensor<BatchAttrs>): number {
  const count = t.inputs[0]!.shape[0]!
  return t.attrs.dropRemainder ? count - (count % t.attrs.size) : count
}
