// The functions of an exported model. An address that one returns is good until the next call, but for `alloc`'s and `info`'s;
// it is 0 where the system has no more memory.
import { apply, choose, compute, makeRoom } from '../lib/standalone/compute'
import { model } from '../lib/standalone/data'

/** Room for `bytes` bytes that the host writes. It is the room until the next `alloc`. */
export function alloc(bytes: u32): usize {
  return makeRoom(bytes)
}

/** `count` images in [-1, 1]: those of `sample` with the same seed. */
export function generate(seedLow: u32, seedHigh: u32, count: u32): usize {
  return compute(model().codes, model().decode, 0, count, seedLow, seedHigh)
}

/** The `count` codes that `generate` decodes. */
export function codes(seedLow: u32, seedHigh: u32, count: u32): usize {
  return compute(0, model().codes, 0, count, seedLow, seedHigh)
}

/** Images from the `count` codes at `from`. */
export function decode(from: usize, count: u32): usize {
  return apply(model().decode, from, count)
}

/** Codes of the `count` images at `from`. */
export function encode(from: usize, count: u32): usize {
  return apply(model().encode, from, count)
}

/** The discriminator's scores of the `count` images at `from`. */
export function score(from: usize, count: u32): usize {
  return apply(model().score, from, count)
}

/** Sets the class of all rows from now on; −1, and a class that there is not: each class has its turn. */
export function setClass(label: i32): void {
  choose(label)
}

/** What the model is: JSON in UTF-8 that ends in a zero byte. */
export function info(): usize {
  return model().info
}
