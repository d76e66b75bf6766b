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
    const bytes = <usize>min(CHANNEL_ROWS, a.rows - block * CHANNEL_ROWS) * row
    const y = a.y + 2 * <usize>block * row
    let c: usize = 0
    if (WIDE) for (; c + 64 <= row; c += 64) sumsOf16(a, first + c, bytes, row, c, y + c)
    for (; c + 16 <= row; c += 16) sumsOf4(a, first + c, bytes, row, c, y + c)
    for (; c < row; c += 4) sumsOf1(a, first + c, bytes, row, c, y + c)
  }
}
register<ChannelSumsArgs>(channel_sums_f32)

/** Sixteen channels of a block: chains enough to hide an addition's latency. */
function sumsOf16(a: ChannelSumsArgs, at: usize, bytes: usize, row: usize, c: usize, y: usize): void {
  const m0 = v128.load(a.m + c)
  const m1 = v128.load(a.m + c, 16)
  const m2 = v128.load(a.m + c, 32)
  const m3 = v128.load(a.m + c, 48)
  let l0 = f32x4.splat(0)
  let l1 = f32x4.splat(0)
  let l2 = f32x4.splat(0)
  let l3 = f32x4.splat(0)
  if (a.less) {
    l0 = m0
    l1 = m1
    l2 = m2
    l3 = m3
  }
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let t0 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  let x = a.x + at
  let z = a.z + at
  for (const end = x + bytes; x < end; x += row, z += row) {
    const z0 = f32x4.sub(v128.load(z), l0)
    const z1 = f32x4.sub(v128.load(z, 16), l1)
    const z2 = f32x4.sub(v128.load(z, 32), l2)
    const z3 = f32x4.sub(v128.load(z, 48), l3)
    s0 = f32x4.add(s0, z0)
    s1 = f32x4.add(s1, z1)
    s2 = f32x4.add(s2, z2)
    s3 = f32x4.add(s3, z3)
    t0 = madd(z0, f32x4.sub(v128.load(x), m0), t0)
    t1 = madd(z1, f32x4.sub(v128.load(x, 16), m1), t1)
    t2 = madd(z2, f32x4.sub(v128.load(x, 32), m2), t2)
    t3 = madd(z3, f32x4.sub(v128.load(x, 48), m3), t3)
  }
  v128.store(y, s0)
  v128.store(y, s1, 16)
  v128.store(y, s2, 32)
  v128.store(y, s3, 48)
  y += row
  v128.store(y, t0)
  v128.store(y, t1, 16)
  v128.store(y, t2, 32)
  v128.store(y, t3, 48)
}

function sumsOf4(a: ChannelSumsArgs, at: usize, bytes: usize, row: usize, c: usize, y: usize): void {
  const m = v128.load(a.m + c)
  const l = a.less ? m : f32x4.splat(0)
  let s = f32x4.splat(0)
  let t = f32x4.splat(0)
  let x = a.x + at
  let z = a.z + at
  for (const end = x + bytes; x < end; x += row, z += row) {
    const d = f32x4.sub(v128.load(z), l)
    s = f32x4.add(s, d)
    t = madd(d, f32x4.sub(v128.load(x), m), t)
  }
  v128.store(y, s)
  v128.store(y + row, t)
}

function sumsOf1(a: ChannelSumsArgs, at: usize, bytes: usize, row: usize, c: usize, y: usize): void {
  const m = load<f32>(a.m + c)
  const l: f32 = a.less ? m : 0
  let s: f32 = 0
  let t: f32 = 0
  for (const end = at + bytes; at < end; at += row) {
    const z = load<f32>(a.z + at) - l
    s += z
    t += z * (load<f32>(a.x + at) - m)
  }
  store<f32>(y, s)
  store<f32>(y + row, t)
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
