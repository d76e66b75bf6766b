// Sums and multiples that are a channel's own, over an image seen as [rows, channels]: batch normalization in few passes.
// m, q, u and p are [channels]; all else has x's shape.
import { channel_affine_f32, CHANNEL_ROWS, channel_sums_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Attrs, type GradientRule, type Op, type Tensor } from '../graph/tensor.ts'
import { mul, negative } from './arithmetic.ts'
import { sumCalls, sumScratch } from './lowering/sums.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'

const channelsOf = (x: Tensor): number => x.shape.at(-1)!
export const rowsOf = (x: Tensor): number => x.size / channelsOf(x)
/** The blocks of rows that are summed apart. */
const blocksOf = (x: Tensor): number => Math.ceil(rowsOf(x) / CHANNEL_ROWS)
/** The sum of what blocks give. */
const blockSums = (x: Tensor) => ({ outer: 1, middle: blocksOf(x), inner: 2 * channelsOf(x) })

export const channelSumsOp: Op = {
  name: 'channelSums',
  shape: ([x]) => [2, x!.at(-1)!],
  gradient(y, dy) {
    const [x, m, z] = y.inputs as [Tensor, Tensor, Tensor?]
    const [g0, g1] = [row(dy, 0), row(dy, 1)]
    if (!z) return [channelAffine(x, m, mul(g1, 2), g0), null]
    return [mul(z, g1), negative(mul(g1, row(y, 0))), channelAffine(x, m, g1, g0)]
  },
  scratch: ({ inputs: [x] }) => blocksOf(x!) * 2 * channelsOf(x!) + sumScratch(blockSums(x!)),
  calls({ inputs: [x] }, { inputs: [at, m, z], scratch, output }) {
    const [rows, channels] = [rowsOf(x!), channelsOf(x!)]
    const sums = blockSums(x!)
    return [
      call(channel_sums_f32, { x: at!, m: m!, z: z ?? at!, less: Number(!z), y: scratch, rows, channels }),
      ...sumCalls({ x: scratch, y: output, ...sums, scale: 1 }, scratch + 4 * sums.middle * sums.inner),
    ]
  },
  flops: ({ inputs: [x] }) => x!.size * 5,
}
/** Σ z and Σ z·(x − m), over all but the channels. Without z it is x − m, and m a constant for gradients. */
export function channelSums(...inputs: [x: Tensor, m: Tensor, z?: Tensor]): [Tensor, Tensor] {
  const sums = apply(channelSumsOp, inputs as Tensor[], {})
  return [row(sums, 0), row(sums, 1)]
}
const row = (sums: Tensor, i: number): Tensor => reshape(slice(sums, [i, 0], [1, -1]), [channelsOf(sums)])

/** An op of x, m, q and u, and what follows: z and p, where `also`. */
/* @__NO_SIDE_EFFECTS__ */
export function affineOp(name: string, also: boolean, gradient: GradientRule<Attrs>): Op {
  return {
    name,
    shape: ([x]) => x!,
    gradient,
    calls({ inputs: [x] }, { inputs: [at, m, q, u, z, p], output }) {
      const more = also && z ? { z, p: p! } : { z: 0, p: 0 }
      const [rows, channels] = [rowsOf(x!), channelsOf(x!)]
      return [call(channel_affine_f32, { x: at!, m: m!, q: q!, u: u!, ...more, y: output, rows, channels })]
    },
    flops: ({ size }) => size * 3,
    inPlace: [0],
  }
}
export const channelAffineOp = affineOp('channelAffine', true, (y, dy) => {
  const [x, m, q, , z, p] = y.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor?, Tensor?]
  const [sums, products] = channelSums(x, m, dy)
  const gradients = [mul(dy, q), negative(mul(q, sums)), products, sums]
  return z && p ? [...gradients, mul(dy, p), sum(mul(dy, z), z.shape.slice(1).map((_, i) => i))] : gradients
})
/** (x − m)·q + u, and z·p more */
export const channelAffine = (...inputs: [x: Tensor, m: Tensor, q: Tensor, u: Tensor, z?: Tensor, p?: Tensor]): Tensor =>
  apply(channelAffineOp, inputs as Tensor[], {})
