// Random bits: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// Key: the session's seed. Counter: block, step low, step high, stream. Lane k of block b is element 4·b + k of a tensor,
// so that an element depends on (seed, stream, step, index) alone. Four blocks are made at a time, one in each SIMD lane.
import { partStart } from './kernel'
import { Address } from './layout'
import { storePart, storeUpTo4 } from './simd'

// @ts-ignore: decorator
@inline
const M0: u32 = 0xd2511f53
// @ts-ignore: decorator
@inline
const M1: u32 = 0xcd9e8d57
/** Weyl constants of the key: the golden ratio and √3 − 1. */
// @ts-ignore: decorator
@inline
const W0: u32 = 0x9e3779b9
// @ts-ignore: decorator
@inline
const W1: u32 = 0xbb67ae85

/** Words of every random kernel. Its own parameters follow, in a class that extends this one. */
@unmanaged
export class RandomArgs {
  y: Address
  n: i32
  /** u32 key words 0, 1 */
  seed: Address
  /** u32 step low, step high */
  counter: Address
  stream: i32
  /** element of the stream that is y[0] */
  first: u32
}

/**
 * Makes the words of all blocks of this part. `T` is an unmanaged class laid over the arguments; for each four
 * blocks it gets `f(y, w0, w1, w2, w3, n)`: the address of their 16 elements, word k of the four blocks in `wk`, and how
 * many elements there are from there to the end of the part: 16 are written at most. Where y[0] is not the first element
 * of its block, the first address lies before y: `storeBlocks` leaves out what is not of the tensor.
 * @param block number of the stream's first block
 */
// @ts-ignore: decorator
@inline
export function eachBlock<T>(args: usize, block: i32, part: i32, parts: i32): void {
  const a = changetype<RandomArgs>(args)
  const op = changetype<T>(args)
  // Elements are counted from the beginning of y[0]'s block.
  const skipped = <i32>(a.first & 3)
  const n = a.n + skipped
  const y = a.y - (<usize>skipped << 2)
  block += <i32>(a.first >> 2)
  const to = partStart(n, 16, part + 1, parts)
  const m0 = i32x4.splat(M0)
  const m1 = i32x4.splat(M1)
  const low = v128.load32_splat(a.counter)
  const high = v128.load32_splat(a.counter, 4)
  const stream = i32x4.splat(a.stream)
  for (let i = partStart(n, 16, part, parts); i < to; i += 16) {
    let c0 = i32x4.add(i32x4.splat(block + (i >> 2)), i32x4(0, 1, 2, 3))
    let c1 = low
    let c2 = high
    let c3 = stream
    let k0 = load<u32>(a.seed)
    let k1 = load<u32>(a.seed, 4)
    for (let round = 0; round < 10; round++) {
      const a0 = i64x2.extmul_low_i32x4_u(c0, m0)
      const a1 = i64x2.extmul_high_i32x4_u(c0, m0)
      const b0 = i64x2.extmul_low_i32x4_u(c2, m1)
      const b1 = i64x2.extmul_high_i32x4_u(c2, m1)
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(b0, b1, 1, 3, 5, 7), c1), i32x4.splat(k0))
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(a0, a1, 1, 3, 5, 7), c3), i32x4.splat(k1))
      c1 = v128.shuffle<i32>(b0, b1, 0, 2, 4, 6)
      c3 = v128.shuffle<i32>(a0, a1, 0, 2, 4, 6)
      k0 += W0
      k1 += W1
    }
    op.f(y + (<usize>i << 2), c0, c1, c2, c3, n - i)
  }
}

/** Stores the first `n` of 16 elements, but none before the address `start`; lane j of `vk` is element 4·j + k. */
export function storeBlocks(start: usize, y: usize, v0: v128, v1: v128, v2: v128, v3: v128, n: i32): void {
  const a = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5)
  const b = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5)
  const c = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7)
  const d = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7)
  const head = v128.shuffle<i64>(a, b, 0, 2)
  if (y < start) storeFrom(start, y, head, n)
  else storeUpTo(y, head, n)
  storeUpTo(y + 16, v128.shuffle<i64>(a, b, 1, 3), n - 4)
  storeUpTo(y + 32, v128.shuffle<i64>(c, d, 0, 2), n - 8)
  storeUpTo(y + 48, v128.shuffle<i64>(c, d, 1, 3), n - 12)
}

// @ts-ignore: decorator
@inline
function storeUpTo(y: usize, v: v128, n: i32): void {
  if (n > 0) storeUpTo4(y, v, n)
}

/** Stores those of the first `n` of 4 elements at y that lie from `start` on: 3 at most. */
function storeFrom(start: usize, y: usize, v: v128, n: i32): void {
  n = min(n, 4)
  for (; y < start; y += 4) {
    v = v128.shuffle<i32>(v, v, 1, 2, 3, 0)
    n--
  }
  if (n > 0) storePart(y, v, n)
}
