// Resizing images along both axes with two taps an axis, and its transpose. What both read of an axis is computed first,
// into scratch, in doubles (lib/axis). Nearest neighbour has one tap: its second weighs 0 and is skipped.
import { AxisArgs, Axis, entry, lanes, offsetOf, AXIS_RECORD, weighted, weightOf, writeAxis } from '../lib/axis'
import { ownScratch, partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { loadUpTo4, storeUpTo4 } from '../lib/simd'

/** Writes the table of an axis. One thread does it. */
export function resize_axis_f32(args: usize, part: i32, _parts: i32): void {
  if (!part) writeAxis(changetype<AxisArgs>(args))
}
register<AxisArgs>(resize_axis_f32)

@unmanaged
class ResizeArgs {
  from: Address
  to: Address
  rows: Address
  columns: Address
  /** a row of floats a thread, `scratchPerThread` bytes apart */
  buffer: Address
  scratchPerThread: usize
  n: i32
  h: i32
  w: i32
  c: i32
  oh: i32
  ow: i32
}

/** to = weight · from; n floats. */
function scaleRow(to: usize, from: usize, n: i32, weight: f32): void {
  const w = f32x4.splat(weight)
  for (; n > 3; n -= 4, to += 16, from += 16) v128.store(to, f32x4.mul(v128.load(from), w))
  if (n) storeUpTo4(to, f32x4.mul(loadUpTo4(from, n), w), n)
}

/** to = weightA · a + weightB · b; n floats. */
function mixRows(to: usize, a: usize, b: usize, n: i32, weightA: f32, weightB: f32): void {
  const wa = f32x4.splat(weightA)
  const wb = f32x4.splat(weightB)
  if (WIDE) {
    for (; n > 7; n -= 8, to += 32, a += 32, b += 32) {
      const low = f32x4.add(f32x4.mul(v128.load(a), wa), f32x4.mul(v128.load(b), wb))
      const high = f32x4.add(f32x4.mul(v128.load(a, 16), wa), f32x4.mul(v128.load(b, 16), wb))
      v128.store(to, low)
      v128.store(to, high, 16)
    }
  }
  for (; n > 3; n -= 4, to += 16, a += 16, b += 16) {
    v128.store(to, f32x4.add(f32x4.mul(v128.load(a), wa), f32x4.mul(v128.load(b), wb)))
  }
  if (n) storeUpTo4(to, f32x4.add(f32x4.mul(loadUpTo4(a, n), wa), f32x4.mul(loadUpTo4(b, n), wb)), n)
}

/** y[n, i, j, c] = Σ over the taps of i and j of weight · x: down the columns into a row, then along the row. */
export function resize_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.w * k.c
  const rows = changetype<Axis>(k.rows)
  const buffer = ownScratch(k.buffer, k.scratchPerThread)
  const end = partStart(k.n * k.oh, 1, part + 1, parts)
  for (let r = partStart(k.n * k.oh, 1, part, parts); r < end; r++) {
    const n = r / k.oh
    const low = entry(rows.lows, r - n * k.oh)
    const high = low + rows.outputs
    const image = k.from + (<usize>(n * k.h * width) << 2)
    let row = image + offsetOf(low)
    if (weightOf(high) != 0) {
      mixRows(buffer, row, image + offsetOf(high), width, weightOf(low), weightOf(high))
      row = buffer
    }
    const to = k.to + (<usize>(r * k.ow * k.c) << 2)
    if (k.c == 1) alongRow(k, row, to)
    else alongChannels(k, row, to)
  }
}
register<ResizeArgs>(resize_f32)

/** One channel: four outputs at once. */
function alongRow(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  const outputs = axis.outputs
  let at = axis.lows
  for (let left = k.ow; left > 0; left -= 4, at += AXIS_RECORD, to += 16) {
    const low = lanes(row, at)
    const high = v128.load(at + outputs)
    const sum = f32x4.add(f32x4.mul(low, v128.load(at)), weighted(lanes(row, at + outputs), high))
    storeUpTo4(to, v128.bitselect(low, sum, f32x4.eq(high, f32x4.splat(0))), left)
  }
}

function alongChannels(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  for (let ox = 0; ox < k.ow; ox++) {
    const low = entry(axis.lows, ox)
    const high = low + axis.outputs
    let lo = row + offsetOf(low)
    let hi = row + offsetOf(high)
    const wlo = v128.load32_splat(low)
    const whi = v128.load32_splat(high)
    for (let c = k.c; c > 0; c -= 4, lo += 16, hi += 16) {
      const v = loadUpTo4(lo, c)
      storeUpTo4(to, weightOf(high) == 0 ? v : f32x4.add(f32x4.mul(v, wlo), f32x4.mul(loadUpTo4(hi, c), whi)), c)
      to += <usize>min(c, 4) << 2
    }
  }
}

/** x[n, iy, ix, c] = Σ weight · y over the outputs that read (iy, ix): the transpose, the rows first, then along them. */
export function resize_transpose_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.ow * k.c
  const rows = changetype<Axis>(k.rows)
  const buffer = ownScratch(k.buffer, k.scratchPerThread)
  const end = partStart(k.n * k.h, 1, part + 1, parts)
  for (let r = partStart(k.n * k.h, 1, part, parts); r < end; r++) {
    const n = r / k.h
    const image = k.from + (<usize>(n * k.oh * width) << 2)
    let at = entry(rows.readers, r - n * k.h)
    if (weightOf(at) == 0) memory.fill(buffer, 0, <usize>width << 2)
    else scaleRow(buffer, image + offsetOf(at), width, weightOf(at))
    for (let i = 1; i < rows.most; i++) {
      at += rows.inputs
      if (weightOf(at) != 0) mixRows(buffer, buffer, image + offsetOf(at), width, 1, weightOf(at))
    }
    const to = k.to + (<usize>(r * k.w * k.c) << 2)
    if (k.c == 1) gatherRow(k, buffer, to)
    else gatherChannels(k, buffer, to)
  }
}
register<ResizeArgs>(resize_transpose_f32)

function gatherRow(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  const most = axis.most
  const inputs = axis.inputs
  let list = axis.readers
  for (let left = k.w; left > 0; left -= 4, to += 16, list += AXIS_RECORD) {
    let sum = f32x4.splat(0)
    let at = list
    for (let i = most; i > 0; i--, at += inputs) sum = f32x4.add(sum, weighted(lanes(row, at), v128.load(at)))
    storeUpTo4(to, sum, left)
  }
}

function gatherChannels(k: ResizeArgs, row: usize, to: usize): void {
  const axis = changetype<Axis>(k.columns)
  for (let ix = 0; ix < k.w; ix++) {
    for (let c = 0; c < k.c; c += 4) {
      let sum = f32x4.splat(0)
      let at = entry(axis.readers, ix)
      for (let i = axis.most; i > 0 && weightOf(at) != 0; i--, at += axis.inputs) {
        const from = row + offsetOf(at) + (<usize>c << 2)
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(at), loadUpTo4(from, k.c - c)))
      }
      storeUpTo4(to, sum, k.c - c)
      to += <usize>min(k.c - c, 4) << 2
    }
  }
}
