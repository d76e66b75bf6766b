// Unpacks a core that tools/pack.mjs packed: Lempel–Ziv matches and literals, each bit of them from an adaptive binary range
// coder (as in LZMA), six bits a character. A module of its own, which the package carries beside the cores: a few hundred
// bytes, compiled on sight. Memory: models from 0, the text (the host puts it there), the bytes from OUT on.
// tools/pack.mjs has the same constants, and says what they mean.

const OUT: usize = 0x10000

const LENGTH: i32 = 8
const BACK: i32 = 264
const LITERAL: i32 = 776

let text: usize = 0x8000
let range: u32 = 1
let code: u32 = 0

/** One bit, by the model at index `at`: how likely a 1 is (15 bits, less a half) and how fast that still moves. */
function bit(at: i32): i32 {
  while (range < 1 << 24) {
    range <<= 6
    // From '>' to '~' without the backslash, which a string would have to escape.
    const character = <u32>load<u8>(text++)
    code = (code << 6) | ((character - u32(character > 0x5c)) & 63)
  }
  const model = <usize>at << 2
  const likely = <i32>load<i16>(model)
  const seen = <i32>load<u16>(model, 2)
  const bound = (range >> 15) * (likely + 0x4000)
  const one = code < bound
  if (one) {
    range = bound
  } else {
    range -= bound
    code -= bound
  }
  store<i16>(model, likely + (((one ? 0x4000 : -0x4000) - likely) * 2) / (2 * seen + 3))
  store<u16>(model, seen + i32(seen < 15), 2)
  return i32(one)
}

/** A number from 1 on: how many bits follow its first, in a tree of 5, then those. */
function number(base: i32): i32 {
  let left = 1
  while (left < 32) left = (left << 1) | bit(base + left)
  left -= 32
  let n = 1
  while (left--) n = (n << 1) | bit(base + 32 + (n < 32 ? n : 32 + left))
  return n
}

/** Unpacks the text; returns the bytes' end. */
export function unpack(): usize {
  let at = OUT
  const end = OUT + number(LENGTH)
  let matched = 0
  let back = 0
  while (at < end) {
    if (bit(matched)) {
      const again = bit(4 + matched)
      let length = number(LENGTH + (again << 7)) + 1 - again
      if (!again) back = number(BACK + (min(length - 2, 3) << 7))
      do store<u8>(at, load<u8>(at++ - back)); while (--length)
      matched = ((matched << 1) | 1) & 3
    } else {
      // After a match, the byte that would have followed it guides as long as it is right.
      let guide = <i32>load<u8>(at - back)
      let guided = matched & 1 ? 256 : 0
      const base = LITERAL + (<i32>load<u8>(at - 1) >> 5) * 768
      let byte = 1
      while (byte < 256) {
        guide <<= 1
        const expected = guide & guided
        const one = bit(base + guided + expected + byte)
        byte = (byte << 1) | one
        guided &= one ? guide : ~guide
      }
      store<u8>(at++, byte)
      matched = (matched << 1) & 3
    }
  }
  return end
}
