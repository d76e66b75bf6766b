// Resizing images along both axes with two taps an axis, and its transpose. What both read of an axis is computed first,
// into scratch, in doubles (lib/axis). Nearest neighbour has one tap: its second weighs 0 and is skipped.
import { AxisArgs, Axis, lanes, weighted, writeAxis } from '../lib/axis'
import { register, shareStart } from '../lib/kernel'
import { loadUpTo4, storeUpTo4 } from '../lib/window'

/** Writes the table of an axis. One thread does it. */
export function resize_axis_f32(args: usize, thread: i32, _threads: i32): void {
  if (!thread) writeAxis(changetype<AxisArgs>(args))
}
register(resize_axis_f32)

@unmanaged
class ResizeArgs {
  from: usize
  to: usize
  rows: usize
  columns: usize
  /** a row of floats a thread, `share` bytes apart */
  buffer: usize
  share: usize
  n: i32
  h: i32
  w: i32
  c: i32
  oh: i32
  ow: i32
}

/** to = weight · from, or to += weight · from; n floats. */
function scaleRow(to: usize, from: usize, n: i32, weight: f32, accumulate: bool): void {
  const w = f32x4.splat(weight)
  const whole = to + (<usize>(n & ~3) << 2)
  if (accumulate) {
    for (; to < whole; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), w)))
  } else {
    for (; to < whole; to += 16, from += 16) v128.store(to, f32x4.mul(v128.load(from), w))
  }
  const rest = n & 3
  if (!rest) return
  const v = f32x4.mul(loadUpTo4(from, rest), w)
  storeUpTo4(to, accumulate ? f32x4.add(loadUpTo4(to, rest), v) : v, rest)
}

/** y[n, i, j, c] = Σ over the taps of i and j of weight · x: down the columns into a row, then along the row. */
export function resize_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.w * k.c
  const rows = changetype<Axis>(k.rows)
  const buffer = k.buffer + k.share * <usize>thread
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const oy = <usize>(r - n * k.oh) << 2
    const image = k.from + (<usize>(n * k.h * width) << 2)
    const low = load<f32>(rows.lowWeights + oy)
    const high = load<f32>(rows.highWeights + oy)
    let row = image + load<usize>(rows.lows + oy)
    if (high != 0) {
      scaleRow(buffer, row, width, low, false)
      scaleRow(buffer, image + load<usize>(rows.highs + oy), width, high, true)
      row = buffer
    }
    const to = k.to + (<usize>(r * k.ow * k.c) << 2)
    if (k.c == 1) alongRow(k, row, to)
    else alongChannels(k, row, to)
  }
}
register(resize_f32)

/** One channel: four outputs at once. */
function alongRow(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  let at: usize = 0
  for (let left = k.ow; left > 0; left -= 4, at += 16) {
    const low = lanes(row, axis.lows + at)
    const high = v128.load(axis.highWeights + at)
    const sum = f32x4.add(f32x4.mul(low, v128.load(axis.lowWeights + at)), weighted(lanes(row, axis.highs + at), high))
    storeUpTo4(to + at, v128.bitselect(low, sum, f32x4.eq(high, f32x4.splat(0))), left)
  }
}

function alongChannels(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  for (let ox: usize = 0; ox < <usize>k.ow << 2; ox += 4) {
    let lo = row + load<usize>(axis.lows + ox)
    let hi = row + load<usize>(axis.highs + ox)
    const high = load<f32>(axis.highWeights + ox)
    const wlo = v128.load32_splat(axis.lowWeights + ox)
    const whi = f32x4.splat(high)
    for (let c = k.c; c > 0; c -= 4, lo += 16, hi += 16) {
      const v = loadUpTo4(lo, c)
      storeUpTo4(to, high == 0 ? v : f32x4.add(f32x4.mul(v, wlo), f32x4.mul(loadUpTo4(hi, c), whi)), c)
      to += <usize>min(c, 4) << 2
    }
  }
}

/** x[n, iy, ix, c] = Σ weight · y over the outputs that read (iy, ix): the transpose, the rows first, then along them. */
export function resize_transpose_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.ow * k.c
  const rows = changetype<Axis>(k.rows)
  const buffer = k.buffer + k.share * <usize>thread
  const end = shareStart(k.n * k.h, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.h, 1, thread, threads); r < end; r++) {
    const n = r / k.h
    const iy = <usize>(r - n * k.h) << 2
    const image = k.from + (<usize>(n * k.oh * width) << 2)
    let first = true
    for (let i = 0; i < rows.most; i++) {
      const weight = load<f32>(rows.readerWeights(i) + iy)
      if (weight == 0) continue
      scaleRow(buffer, image + load<usize>(rows.readers(i) + iy), width, weight, !first)
      first = false
    }
    if (first) memory.fill(buffer, 0, <usize>width << 2)
    const to = k.to + (<usize>(r * k.w * k.c) << 2)
    if (k.c == 1) gatherRow(k, buffer, to)
    else gatherChannels(k, buffer, to)
  }
}
register(resize_transpose_f32)

function gatherRow(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  let at: usize = 0
  for (let left = k.w; left > 0; left -= 4, at += 16) {
    let sum = f32x4.splat(0)
    for (let i = 0; i < axis.most; i++) {
      sum = f32x4.add(sum, weighted(lanes(row, axis.readers(i) + at), v128.load(axis.readerWeights(i) + at)))
    }
    storeUpTo4(to + at, sum, left)
  }
}

function gatherChannels(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  for (let ix: usize = 0; ix < <usize>k.w << 2; ix += 4) {
    for (let c = 0; c < k.c; c += 4) {
      let sum = f32x4.splat(0)
      for (let i = 0; i < axis.most; i++) {
        const weight = load<f32>(axis.readerWeights(i) + ix)
        if (weight == 0) continue
        const from = row + load<usize>(axis.readers(i) + ix) + (<usize>c << 2)
        sum = f32x4.add(sum, f32x4.mul(f32x4.splat(weight), loadUpTo4(from, k.c - c)))
      }
      storeUpTo4(to, sum, k.c - c)
      to += <usize>min(k.c - c, 4) << 2
    }
  }
}
