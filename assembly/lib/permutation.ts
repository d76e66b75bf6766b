// A seeded bijection on [0, count): a Feistel network of 8 rounds on an even number of bits, walked along its cycle until
// it falls below count (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). No table, so any element
// of any epoch's order is known at once. At most four times as many values as count: fewer than four walks on average.

/** Wellons's low-bias mixer of 32 bits ("Prospecting for hash functions", 2018). */
export function mix(x: u32): u32 {
  x ^= x >> 16
  x *= 0x7feb352d
  x ^= x >> 15
  x *= 0x846ca68b
  return x ^ (x >> 16)
}

/** One word of the permutation's key; `word` tells the words apart. */
export function permutationKey(seedLow: u32, seedHigh: u32, stream: u32, epoch: u32, word: u32): u32 {
  return mix(mix(mix(mix(mix(word * 0x9e3779b9 + 1) + seedLow) + seedHigh) ^ stream) + epoch)
}

/** Bits of one half of the network for `count` values: half of the even number that holds count − 1, at least 1. */
export function halfBits(count: u32): u32 {
  return count < 2 ? 1 : (33 - clz(count - 1)) >> 1
}

/** Where `index` lies in the order that the key makes; both in [0, count). */
export function permute(index: u32, count: u32, half: u32, key0: u32, key1: u32): u32 {
  const mask: u32 = (<u32>1 << half) - 1
  let x = index
  do {
    let left = x >> half
    let right = x & mask
    let key = key0
    for (let round = 0; round < 8; round++) {
      const next = left ^ (mix(right ^ key) & mask)
      left = right
      right = next
      key += key1 | 1
    }
    x = (left << half) | right
  } while (x >= count)
  return x
}
