// Resizing images along both axes with two taps an axis, and its transpose. The taps of both axes are computed first,
// into scratch, in doubles; then both kernels read them. Nearest neighbour has one tap: its second weighs 0 and is skipped.
import { register, shareStart } from '../lib/kernel'
import { loadPart, storePart } from '../lib/simd'
import { loadUpTo4, storeUpTo4 } from '../lib/window'

/** The taps of one output: input indices and their weights. */
@unmanaged
class Tap {
  lo: i32
  hi: i32
  wlo: f32
  whi: f32
}
/** The outputs that read one input: `from` … `to` − 1. */
@unmanaged
class Readers {
  from: i32
  to: i32
}

@unmanaged
class AxisArgs {
  /** `out` taps, then `size` readers */
  table: usize
  size: i32
  out: i32
  /** 0: i·size/out, 1: half-pixel centres, 2: aligned corners; 4 added: nearest */
  mode: i32
}

/** The source position of output `i`, before it is clamped. */
function source(a: AxisArgs, i: i32): f64 {
  const mode = a.mode & 3
  if (mode == 1) return ((<f64>i + 0.5) * <f64>a.size) / <f64>a.out - (a.mode & 4 ? 0 : 0.5)
  if (mode == 2 && a.out > 1) return (<f64>i * <f64>(a.size - 1)) / <f64>(a.out - 1) + (a.mode & 4 ? 0.5 : 0)
  return (<f64>i * <f64>a.size) / <f64>a.out
}

/** Writes the table of an axis. One thread does it. */
export function resize_axis_f32(args: usize, thread: i32, _threads: i32): void {
  if (thread) return
  const a = changetype<AxisArgs>(args)
  for (let i = 0; i < a.out; i++) {
    const s = max<f64>(source(a, i), 0)
    const tap = changetype<Tap>(a.table + (<usize>i << 4))
    const lo = min(<i32>Math.floor(s), a.size - 1)
    const part: f64 = a.mode & 4 || lo == a.size - 1 ? 0 : s - <f64>lo
    tap.lo = lo
    tap.hi = part == 0 ? lo : lo + 1
    tap.wlo = <f32>(1 - part)
    tap.whi = <f32>part
  }
  // Both taps move only forward, so the readers of an input are neighbours.
  let from = 0
  let to = 0
  for (let j = 0; j < a.size; j++) {
    while (from < a.out && changetype<Tap>(a.table + (<usize>from << 4)).hi < j) from++
    while (to < a.out && changetype<Tap>(a.table + (<usize>to << 4)).lo <= j) to++
    const readers = changetype<Readers>(a.table + (<usize>a.out << 4) + (<usize>j << 3))
    readers.from = from
    readers.to = to
  }
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

/** to (+)= weight · from, n floats */
// @ts-ignore: decorator
@inline
function scaleRow(to: usize, from: usize, n: i32, weight: f32, accumulate: bool): void {
  const w = f32x4.splat(weight)
  for (const end = to + (<usize>(n & ~3) << 2); to < end; to += 16, from += 16) {
    const v = f32x4.mul(v128.load(from), w)
    v128.store(to, accumulate ? f32x4.add(v128.load(to), v) : v)
  }
  const rest = n & 3
  if (!rest) return
  const v = f32x4.mul(loadPart(from, rest), w)
  storePart(to, accumulate ? f32x4.add(loadPart(to, rest), v) : v, rest)
}

/** y[n, i, j, c] = Σ over the taps of i and j of weight · x: down the columns into a row, then along the row. */
export function resize_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.w * k.c
  const buffer = k.buffer + k.share * <usize>thread
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const tap = changetype<Tap>(k.rows + (<usize>(r - n * k.oh) << 4))
    let row = k.from + (<usize>((n * k.h + tap.lo) * width) << 2)
    if (tap.whi != 0) {
      scaleRow(buffer, row, width, tap.wlo, false)
      scaleRow(buffer, k.from + (<usize>((n * k.h + tap.hi) * width) << 2), width, tap.whi, true)
      row = buffer
    }
    alongRow(k, row, k.to + (<usize>(r * k.ow * k.c) << 2))
  }
}
register(resize_f32)

function alongRow(k: ResizeArgs, row: usize, to: usize): void {
  const last = k.columns + (<usize>k.ow << 4)
  if (k.c == 1) {
    for (let column = k.columns; column < last; column += 16, to += 4) {
      const tap = changetype<Tap>(column)
      const v = load<f32>(row + (<usize>tap.lo << 2))
      store<f32>(to, tap.whi == 0 ? v : v * tap.wlo + load<f32>(row + (<usize>tap.hi << 2)) * tap.whi)
    }
    return
  }
  for (let column = k.columns; column < last; column += 16) {
    const tap = changetype<Tap>(column)
    let lo = row + (<usize>(tap.lo * k.c) << 2)
    let hi = row + (<usize>(tap.hi * k.c) << 2)
    for (let c = k.c; c > 0; c -= 4, lo += 16, hi += 16) {
      const v = loadUpTo4(lo, c)
      storeUpTo4(
        to,
        tap.whi == 0 ? v : f32x4.add(f32x4.mul(v, f32x4.splat(tap.wlo)), f32x4.mul(loadUpTo4(hi, c), f32x4.splat(tap.whi))),
        c,
      )
      to += <usize>min(c, 4) << 2
    }
  }
}

/** The weight of input `j` in an output's taps. */
// @ts-ignore: decorator
@inline
function weight(tap: Tap, j: i32): f32 {
  return tap.lo == j ? tap.wlo : tap.whi
}

/** x[n, iy, ix, c] = Σ weight · y over the outputs that read (iy, ix): the transpose, the rows first, then along them. */
export function resize_transpose_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const width = k.ow * k.c
  const buffer = k.buffer + k.share * <usize>thread
  const end = shareStart(k.n * k.h, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.h, 1, thread, threads); r < end; r++) {
    const n = r / k.h
    const iy = r - n * k.h
    const down = changetype<Readers>(k.rows + (<usize>k.oh << 4) + (<usize>iy << 3))
    if (down.from >= down.to) memory.fill(buffer, 0, <usize>width << 2)
    for (let oy = down.from; oy < down.to; oy++) {
      const wy = weight(changetype<Tap>(k.rows + (<usize>oy << 4)), iy)
      scaleRow(buffer, k.from + (<usize>((n * k.oh + oy) * width) << 2), width, wy, oy > down.from)
    }
    gatherRow(k, buffer, k.to + (<usize>(r * k.w * k.c) << 2))
  }
}
register(resize_transpose_f32)

function gatherRow(k: ResizeArgs, row: usize, to: usize): void {
  for (let ix = 0; ix < k.w; ix++) {
    const right = changetype<Readers>(k.columns + (<usize>k.ow << 4) + (<usize>ix << 3))
    for (let c = 0; c < k.c; c += 4) {
      if (k.c == 1) {
        let sum: f32 = 0
        for (let ox = right.from; ox < right.to; ox++) {
          sum += weight(changetype<Tap>(k.columns + (<usize>ox << 4)), ix) * load<f32>(row + (<usize>ox << 2))
        }
        store<f32>(to, sum)
      } else {
        let sum = f32x4.splat(0)
        for (let ox = right.from; ox < right.to; ox++) {
          const w = f32x4.splat(weight(changetype<Tap>(k.columns + (<usize>ox << 4)), ix))
          sum = f32x4.add(sum, f32x4.mul(w, loadUpTo4(row + (<usize>(ox * k.c + c) << 2), k.c - c)))
        }
        storeUpTo4(to, sum, k.c - c)
      }
      to += <usize>min(k.c - c, 4) << 2
    }
  }
}
