// Sums over all pixels for each channel, and multiples that are a channel's own: what batch normalization is made of. An image
// is [rows, channels]. Blocks of rows are summed apart, so that threads divide them and each reads what it has written.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { madd } from '../lib/simd'

/** Rows of a block. @host */
const CHANNEL_ROWS = 64

@unmanaged
class ChannelSumsArgs {
  x: Address
  m: Address
  z: Address
  /** 1: the sums are of z − m, 0: of z */
  less: i32
  y: Address
  rows: i32
  channels: i32
}

/** Of each block: y[block, 0, c] = Σ d, y[block, 1, c] = Σ d·(x − m), where d is z or z − m */
export function channel_sums_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<ChannelSumsArgs>(args)
  const blocks = (a.rows + CHANNEL_ROWS - 1) / CHANNEL_ROWS
  const to = partStart(blocks, 1, part + 1, parts)
  const row = <usize>a.channels << 2
  for (let block = partStart(blocks, 1, part, parts); block < to; block++) {
    const first = <usize>(block * CHANNEL_ROWS) * row
    const y = a.y + 2 * <usize>block * row
    let x = a.x + first
    let z = a.z + first
    let rows = min(CHANNEL_ROWS, a.rows - block * CHANNEL_ROWS)
    memory.fill(y, 0, 2 * row)
    for (; rows >= 4; rows -= 4, x += 4 * row, z += 4 * row) addRows(a, x, z, row, true, y)
    for (; rows; rows--, x += row, z += row) addRows(a, x, z, row, false, y)
  }
}
register<ChannelSumsArgs>(channel_sums_f32)

/**
 * Adds four rows, or one, to a block's sums: rows are read as they lie in memory, and sums are written once for four of them.
 * Each sum takes its rows one after another.
 */
// @ts-ignore: decorator
@inline
function addRows(a: ChannelSumsArgs, x: usize, z: usize, row: usize, four: bool, y: usize): void {
  const rows: i32 = four ? 4 : 1
  let c: usize = 0
  if (WIDE) {
    for (; c + 32 <= row; c += 32) {
      const m0 = v128.load(a.m + c)
      const m1 = v128.load(a.m + c, 16)
      const l0 = a.less ? m0 : f32x4.splat(0)
      const l1 = a.less ? m1 : f32x4.splat(0)
      let s0 = v128.load(y + c)
      let s1 = v128.load(y + c, 16)
      let t0 = v128.load(y + row + c)
      let t1 = v128.load(y + row + c, 16)
      let at = c
      for (let r = 0; r < rows; r++, at += row) {
        const z0 = f32x4.sub(v128.load(z + at), l0)
        const z1 = f32x4.sub(v128.load(z + at, 16), l1)
        s0 = f32x4.add(s0, z0)
        s1 = f32x4.add(s1, z1)
        t0 = madd(z0, f32x4.sub(v128.load(x + at), m0), t0)
        t1 = madd(z1, f32x4.sub(v128.load(x + at, 16), m1), t1)
      }
      v128.store(y + c, s0)
      v128.store(y + c, s1, 16)
      v128.store(y + row + c, t0)
      v128.store(y + row + c, t1, 16)
    }
  }
  for (; c + 16 <= row; c += 16) {
    const m = v128.load(a.m + c)
    const l = a.less ? m : f32x4.splat(0)
    let s = v128.load(y + c)
    let t = v128.load(y + row + c)
    let at = c
    for (let r = 0; r < rows; r++, at += row) {
      const d = f32x4.sub(v128.load(z + at), l)
      s = f32x4.add(s, d)
      t = madd(d, f32x4.sub(v128.load(x + at), m), t)
    }
    v128.store(y + c, s)
    v128.store(y + row + c, t)
  }
  for (; c < row; c += 4) {
    const m = load<f32>(a.m + c)
    const l: f32 = a.less ? m : 0
    let at = c
    for (let r = 0; r < rows; r++, at += row) {
      const d = load<f32>(z + at) - l
      store<f32>(y + c, load<f32>(y + c) + d)
      store<f32>(y + row + c, load<f32>(y + row + c) + d * (load<f32>(x + at) - m))
    }
  }
}

@unmanaged
class ChannelAffineArgs {
  x: Address
  m: Address
  q: Address
  u: Address
  /** 0: without z·p */
  z: Address
  p: Address
  y: Address
  rows: i32
  channels: i32
}

/** y[row, c] = (x − m)·q + u + z·p, where m, q, u and p are a channel's own. */
export function channel_affine_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<ChannelAffineArgs>(args)
  const m = a.m
  const q = a.q
  const u = a.u
  const p = a.p
  const row = <usize>a.channels << 2
  const first = <usize>partStart(a.rows, 1, part, parts) * row
  let x = a.x + first
  let z = a.z ? a.z + first : 0
  let y = a.y + first
  for (const end = a.y + <usize>partStart(a.rows, 1, part + 1, parts) * row; y < end;) {
    let c: usize = 0
    if (WIDE) {
      for (; c + 32 <= row; c += 32) {
        let y0 = madd(f32x4.sub(v128.load(x + c), v128.load(m + c)), v128.load(q + c), v128.load(u + c))
        let y1 = madd(f32x4.sub(v128.load(x + c, 16), v128.load(m + c, 16)), v128.load(q + c, 16), v128.load(u + c, 16))
        if (z) {
          y0 = madd(v128.load(z + c), v128.load(p + c), y0)
          y1 = madd(v128.load(z + c, 16), v128.load(p + c, 16), y1)
        }
        v128.store(y + c, y0)
        v128.store(y + c, y1, 16)
      }
    }
    for (; c + 16 <= row; c += 16) {
      let v = madd(f32x4.sub(v128.load(x + c), v128.load(m + c)), v128.load(q + c), v128.load(u + c))
      if (z) v = madd(v128.load(z + c), v128.load(p + c), v)
      v128.store(y + c, v)
    }
    for (; c < row; c += 4) {
      let v = (load<f32>(x + c) - load<f32>(m + c)) * load<f32>(q + c) + load<f32>(u + c)
      if (z) v += load<f32>(z + c) * load<f32>(p + c)
      store<f32>(y + c, v)
    }
    x += row
    y += row
    if (z) z += row
  }
}
register<ChannelAffineArgs>(channel_affine_f32)
