// The samples of a step, gathered from a dataset in the order of the epoch, as scaled floats.
import { partStart, register } from '../lib/kernel'
import { Address, EPOCH, POSITION } from '../lib/layout'
import { halfBits, permutationKey, permute } from '../lib/permutation'

@unmanaged
class BatchArgs {
  data: Address
  y: Address
  size: i32
  /** elements of a sample */
  item: i32
  /** samples of the dataset */
  count: u32
  /** u32 words 0, 1 */
  seed: Address
  /** u32 step low, step high, position, epoch */
  counter: Address
  shuffle: i32
  stream: u32
  scale: f32
  offset: f32
  /** rows of the step before this batch's */
  first: u32
}

/** Four integers as scaled floats. */
// @ts-ignore: decorator
@inline
function scaled(v: v128, scale: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(v), scale), offset)
}

/** y[j] = offset + scale · x[j], `n` bytes. */
// @ts-ignore: decorator
@inline
function rowU8(x: usize, y: usize, n: i32, scale: f32, offset: f32): void {
  const s = f32x4.splat(scale)
  const o = f32x4.splat(offset)
  const whole = x + <usize>(n & ~15)
  for (; x < whole; x += 16, y += 64) {
    const v = v128.load(x)
    const a = i16x8.extend_low_i8x16_u(v)
    const b = i16x8.extend_high_i8x16_u(v)
    v128.store(y, scaled(i32x4.extend_low_i16x8_u(a), s, o))
    v128.store(y, scaled(i32x4.extend_high_i16x8_u(a), s, o), 16)
    v128.store(y, scaled(i32x4.extend_low_i16x8_u(b), s, o), 32)
    v128.store(y, scaled(i32x4.extend_high_i16x8_u(b), s, o), 48)
  }
  for (const end = whole + <usize>(n & 15); x < end; x++, y += 4) store<f32>(y, <f32>load<u8>(x) * scale + offset)
}

/** y[j] = offset + scale · x[j], `n` floats. */
// @ts-ignore: decorator
@inline
function rowF32(x: usize, y: usize, n: i32, scale: f32, offset: f32): void {
  const s = f32x4.splat(scale)
  const o = f32x4.splat(offset)
  const end = x + (<usize>n << 2)
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, f32x4.add(f32x4.mul(v128.load(x), s), o))
  for (; x < end; x += 4, y += 4) store<f32>(y, load<f32>(x) * scale + offset)
}

/** The row of the dataset that is sample `i` of the batch. */
// @ts-ignore: decorator
@inline
function rowOf(a: BatchArgs, i: u32, half: u32, key0: u32, key1: u32): u32 {
  const index = (load<u32>(a.counter, POSITION << 2) + a.first + i) % a.count
  return a.shuffle ? permute(index, a.count, half, key0, key1) : index
}

// @ts-ignore: decorator
@inline
function key(a: BatchArgs, word: u32): u32 {
  return permutationKey(load<u32>(a.seed), load<u32>(a.seed, 4), a.stream, load<u32>(a.counter, EPOCH << 2), word)
}

/** Sample i is row perm((position + first + i) mod count) of a dataset, of bytes or of floats. Threads divide the samples. */
function batch(args: usize, part: i32, parts: i32, bytes: bool): void {
  const a = changetype<BatchArgs>(args)
  const half = halfBits(a.count)
  const key0 = key(a, 0)
  const key1 = key(a, 1)
  const to = partStart(a.size, 1, part + 1, parts)
  for (let i = partStart(a.size, 1, part, parts); i < to; i++) {
    const row = <usize>rowOf(a, i, half, key0, key1)
    const y = a.y + (<usize>(i * a.item) << 2)
    if (bytes) rowU8(a.data + row * a.item, y, a.item, a.scale, a.offset)
    else rowF32(a.data + (row * a.item << 2), y, a.item, a.scale, a.offset)
  }
}

/** A dataset of bytes. */
export function batch_u8(args: usize, part: i32, parts: i32): void { batch(args, part, parts, true) }
register<BatchArgs>(batch_u8)

/** A dataset of floats. */
export function batch_f32(args: usize, part: i32, parts: i32): void { batch(args, part, parts, false) }
register<BatchArgs>(batch_f32)
