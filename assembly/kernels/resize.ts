// Resizing images along both axes with two taps an axis, and its transpose. The taps of both axes are computed first,
// into scratch, in doubles; then both kernels read them. Nearest neighbour has one tap: its second weighs 0 and is skipped.
import { register, shareStart } from '../lib/kernel'
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
  n: i32
  h: i32
  w: i32
  c: i32
  oh: i32
  ow: i32
}

// @ts-ignore: decorator
@inline
function mix(a: v128, wa: f32, b: v128, wb: f32): v128 {
  return f32x4.add(f32x4.mul(a, f32x4.splat(wa)), f32x4.mul(b, f32x4.splat(wb)))
}

/** One row at one output column: the weighted sum of its taps. */
// @ts-ignore: decorator
@inline
function across(row: usize, tap: Tap, c: i32, channels: i32): v128 {
  const a = loadUpTo4(row + (<usize>(tap.lo * channels + c) << 2), channels - c)
  if (tap.whi == 0) return a
  return mix(a, tap.wlo, loadUpTo4(row + (<usize>(tap.hi * channels + c) << 2), channels - c), tap.whi)
}

/** y[n, i, j, c] = Σ over the taps of i and j of weight · x */
export function resize_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const image = k.w * k.c
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const row = changetype<Tap>(k.rows + (<usize>(r - n * k.oh) << 4))
    const lo = k.from + (<usize>((n * k.h + row.lo) * image) << 2)
    const hi = k.from + (<usize>((n * k.h + row.hi) * image) << 2)
    for (let ox = 0; ox < k.ow; ox++) {
      const tap = changetype<Tap>(k.columns + (<usize>ox << 4))
      for (let c = 0; c < k.c; c += 4) {
        let v = across(lo, tap, c, k.c)
        if (row.whi != 0) v = mix(v, row.wlo, across(hi, tap, c, k.c), row.whi)
        storeUpTo4(k.to + (<usize>((r * k.ow + ox) * k.c + c) << 2), v, k.c - c)
      }
    }
  }
}
register(resize_f32)

/** The weight of input `j` in an output's taps. */
// @ts-ignore: decorator
@inline
function weight(tap: Tap, j: i32): f32 {
  return tap.lo == j ? tap.wlo : tap.whi
}

/** x[n, iy, ix, c] = Σ weight · y over the outputs that read (iy, ix): the transpose */
export function resize_transpose_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<ResizeArgs>(args)
  const end = shareStart(k.n * k.h, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.h, 1, thread, threads); r < end; r++) {
    const n = r / k.h
    const iy = r - n * k.h
    const down = changetype<Readers>(k.rows + (<usize>k.oh << 4) + (<usize>iy << 3))
    for (let ix = 0; ix < k.w; ix++) {
      const right = changetype<Readers>(k.columns + (<usize>k.ow << 4) + (<usize>ix << 3))
      for (let c = 0; c < k.c; c += 4) {
        let sum = f32x4.splat(0)
        for (let oy = down.from; oy < down.to; oy++) {
          const wy = weight(changetype<Tap>(k.rows + (<usize>oy << 4)), iy)
          const row = k.from + (<usize>((n * k.oh + oy) * k.ow * k.c + c) << 2)
          for (let ox = right.from; ox < right.to; ox++) {
            const w = wy * weight(changetype<Tap>(k.columns + (<usize>ox << 4)), ix)
            sum = f32x4.add(sum, f32x4.mul(f32x4.splat(w), loadUpTo4(row + (<usize>(ox * k.c) << 2), k.c - c)))
          }
        }
        storeUpTo4(k.to + (<usize>((r * k.w + ix) * k.c + c) << 2), sum, k.c - c)
      }
    }
  }
}
register(resize_transpose_f32)
