// Weights in fewer bits, for files whose reader widens them: half floats, or bytes with a scale for each channel.
// Invariant: what is packed are kernels; biases, statistics and whatever else has one dimension stay as they are.
import type { SavedTensor } from '../../formats/safetensors.ts'
import { halfOf } from '../../formats/half.ts'
import { sizeOf } from '../../graph/tensor.ts'
import type { Variable } from '../../graph/leaves.ts'

/** How weights lie in a file. */
export type Precision = 'float32' | 'float16' | 'int8'

export type Packed =
  | { readonly as: 'float32'; readonly data: Float32Array }
  | { readonly as: 'float16'; readonly data: Uint16Array }
  /** Number i is data[i] times the scale of its channel, ⌊i / inner⌋ modulo how many there are. */
  | { readonly as: 'int8'; readonly data: Int8Array; readonly scales: Float32Array; readonly inner: number }

/** @throws RangeError where a weight is larger than a half float can be */
export function pack({ attrs: { name, role }, shape }: Variable, { data }: SavedTensor, precision: Precision): Packed {
  const values = data as Float32Array
  if (precision === 'float32' || role !== 'parameter' || shape.length < 2) return { as: 'float32', data: values }
  if (precision === 'int8') return quantized(values, shape)
  const halves = Uint16Array.from(values, halfOf)
  const beyond = halves.findIndex((half) => (half & 0x7fff) === 0x7c00)
  if (beyond < 0) return { as: 'float16', data: halves }
  throw new RangeError(`export: '${name}' has the weight ${values[beyond]}, and half floats end at 65504; leave out float16`)
}

/** The values that a reader makes of them. */
export function unpacked(packed: Packed): Float32Array {
  if (packed.as === 'float32') return packed.data
  if (packed.as === 'int8') {
    const { data, scales, inner } = packed
    return Float32Array.from(data, (byte, i) => scales[Math.floor(i / inner) % scales.length]! * byte)
  }
  throw new TypeError('half floats are read by formats/dtypes.ts')
}

/** The largest byte; −128 is left out, so that bytes are symmetric about 0. */
const MOST = 127

/** Bytes by the channels of the axis that leaves the least squared error. */
function quantized(values: Float32Array, shape: readonly number[]): Packed {
  const ways = shape.map((channels, axis) => byChannel(values, channels, sizeOf(shape.slice(axis + 1))))
  const errors = ways.map((way) => unpacked(way).reduce((sum, x, i) => sum + (x - values[i]!) * (x - values[i]!), 0))
  return ways[errors.indexOf(Math.min(...errors))]!
}

function byChannel(values: Float32Array, channels: number, inner: number): Packed {
  const channelOf = (i: number): number => Math.floor(i / inner) % channels
  const scales = new Float32Array(channels)
  values.forEach((x, i) => { scales[channelOf(i)] = Math.max(scales[channelOf(i)]!, Math.abs(x) / MOST) })
  // A scale was rounded, so a quotient may be a little above the largest byte.
  const data = Int8Array.from(values, (x, i) => Math.min(MOST, Math.max(-MOST, Math.round(x / (scales[channelOf(i)]! || 1)))))
  return { as: 'int8', data, scales, inner }
}
