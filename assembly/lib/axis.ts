// One axis of a resize as a table in scratch: for each output its two taps, for each input the outputs that read it. Both as
// lists of records for four neighbours each, so that these are one vector; the lists' ends are padded with weights of 0.
// Where the four read places within 16 bytes, those are loaded at once.
import { Address } from './layout'

/** Where outputs lie: i·size/out, at half-pixel centres, or so that the corners meet; with NEAREST added, one tap. @host */
export enum ResizeMode { LEGACY = 0, HALF_PIXEL = 1, ALIGNED = 2, NEAREST = 4 }

@unmanaged
export class AxisArgs {
  table: Address
  size: i32
  out: i32
  /** bits: ResizeMode */
  mode: i32
  /** Bytes from one input to the next, and from one output to the next. */
  inputBytes: i32
  outputBytes: i32
  /** The most outputs that may read one input: the table has room for so many. */
  room: i32
}

/** Of a record: four weights, four byte offsets, the bytes that they are of 16 loaded, and from which offset, or −1. */
const OFFSETS: usize = 16
const PLACES: usize = 32
const FIRST: usize = 48
/** Bytes of a record, which is for AXIS_LANES neighbours. @host */
export const AXIS_RECORD: usize = 64
/** @host */
export const AXIS_LANES = 4
/** Bytes of the table's head. @host */
export const AXIS_HEAD: usize = 16

/** The table: this head, then the lists. */
@unmanaged
export class Axis {
  /** The most outputs that read one input. */
  most: i32
  /** Bytes of a list of one entry an output, and an input. */
  outputs: usize
  inputs: usize
  pad: i32

  @inline get lows(): usize { return changetype<usize>(this) + AXIS_HEAD }
  @inline get highs(): usize { return this.lows + this.outputs }
  /** The first output that reads each input; then, `inputs` bytes after, the next. They ascend. */
  @inline get readers(): usize { return this.highs + this.outputs }
}

/** Entry `i` of a list. */
export function entry(list: usize, i: i32): usize {
  return list + <usize>(i >> 2) * AXIS_RECORD + (<usize>(i & 3) << 2)
}

// @ts-ignore: decorator
@inline
export function weightOf(entry: usize): f32 {
  return load<f32>(entry)
}

// @ts-ignore: decorator
@inline
export function offsetOf(entry: usize): usize {
  return load<usize>(entry, OFFSETS)
}

/** The four floats at `row` + the offsets of a record; a row has 4 floats or more. */
// @ts-ignore: decorator
@inline
export function lanes(row: usize, record: usize): v128 {
  if (!WIDE) return apart(row, record)
  const first = load<i32>(record, FIRST)
  return first < 0 ? apart(row, record) : i8x16.swizzle(v128.load(row + first), v128.load(record, PLACES))
}

// @ts-ignore: decorator
@inline
function apart(row: usize, record: usize): v128 {
  let v = v128.load32_zero(row + load<usize>(record, OFFSETS))
  v = v128.load_lane<f32>(row + load<usize>(record, OFFSETS + 4), v, 1)
  v = v128.load_lane<f32>(row + load<usize>(record, OFFSETS + 8), v, 2)
  return v128.load_lane<f32>(row + load<usize>(record, OFFSETS + 12), v, 3)
}

/** x · w, and 0 where w is 0, whatever x. */
// @ts-ignore: decorator
@inline
export function weighted(x: v128, w: v128): v128 {
  return v128.and(f32x4.mul(x, w), f32x4.ne(w, f32x4.splat(0)))
}

/** Writes where four neighbours lie in 16 bytes of rows of `row` bytes. Those that weigh 0 may lie anywhere. */
function writePlaces(record: usize, row: i32): void {
  let first = row - 16
  let last = 0
  for (let at = record; at < record + 16; at += 4) {
    if (weightOf(at) == 0) continue
    first = min(first, <i32>offsetOf(at))
    last = max(last, <i32>offsetOf(at))
  }
  for (let at = record; at < record + 16; at += 4) {
    store<i32>(at, (<i32>offsetOf(at) - first) * 0x01010101 + 0x03020100, PLACES)
  }
  store<i32>(record, last - first > 12 ? -1 : first, FIRST)
}

/** The source position of output `i`, before it is clamped. */
function source(a: AxisArgs, i: i32): f64 {
  const mode = a.mode & (ResizeMode.HALF_PIXEL | ResizeMode.ALIGNED)
  const nearest = a.mode & ResizeMode.NEAREST
  if (mode == ResizeMode.HALF_PIXEL) return ((<f64>i + 0.5) * <f64>a.size) / <f64>a.out - (nearest ? 0 : 0.5)
  if (mode == ResizeMode.ALIGNED && a.out > 1) return (<f64>i * <f64>(a.size - 1)) / <f64>(a.out - 1) + (nearest ? 0.5 : 0)
  return (<f64>i * <f64>a.size) / <f64>a.out
}

/** Writes the table of an axis. */
export function writeAxis(a: AxisArgs): void {
  const axis = changetype<Axis>(a.table)
  axis.most = 0
  axis.outputs = <usize>((a.out + 3) >> 2) * AXIS_RECORD
  axis.inputs = <usize>((a.size + 3) >> 2) * AXIS_RECORD
  const readers = axis.readers
  memory.fill(axis.lows, 0, readers + <usize>a.room * axis.inputs - axis.lows)
  for (let i = 0; i < a.out; i++) {
    const s = max<f64>(source(a, i), 0)
    const lo = min(<i32>Math.floor(s), a.size - 1)
    const fraction: f64 = a.mode & ResizeMode.NEAREST || lo == a.size - 1 ? 0 : s - <f64>lo
    const hi = fraction == 0 ? lo : lo + 1
    write(entry(axis.lows, i), lo * a.inputBytes, <f32>(1 - fraction))
    write(entry(axis.highs, i), hi * a.inputBytes, <f32>fraction)
    addReader(axis, lo, i * a.outputBytes, <f32>(1 - fraction))
    addReader(axis, hi, i * a.outputBytes, <f32>fraction)
  }
  if (!WIDE) return
  let at = axis.lows
  for (; at < readers; at += AXIS_RECORD) writePlaces(at, a.size * a.inputBytes)
  for (const end = readers + <usize>axis.most * axis.inputs; at < end; at += AXIS_RECORD) writePlaces(at, a.out * a.outputBytes)
}

// @ts-ignore: decorator
@inline
function write(at: usize, offset: i32, weight: f32): void {
  store<f32>(at, weight)
  store<i32>(at, offset, OFFSETS)
}

/** Outputs come in order, so each input's readers ascend. A weight of 0 reads nothing. */
function addReader(axis: Axis, input: i32, offset: i32, weight: f32): void {
  if (weight == 0) return
  let at = entry(axis.readers, input)
  let i = 1
  for (; load<f32>(at) != 0; i++) at += axis.inputs
  axis.most = max(axis.most, i)
  write(at, offset, weight)
}
