// One axis of a resize as a table in scratch: for each output its two taps, for each input the outputs that read it. Both as
// lists side by side, so that four neighbours are one vector; the lists' ends are padded with weights of 0.

@unmanaged
export class AxisArgs {
  table: usize
  size: i32
  out: i32
  /** 0: i·size/out, 1: half-pixel centres, 2: aligned corners; 4 added: nearest */
  mode: i32
  /** Bytes from one input to the next, and from one output to the next. */
  inputBytes: i32
  outputBytes: i32
  /** The most outputs that may read one input: the table has room for so many. */
  room: i32
}

/** The table: this head, then the lists. A list holds byte offsets or weights. */
@unmanaged
export class Axis {
  /** The most outputs that read one input. */
  most: i32
  /** Bytes of a list of one entry an output, and an input. */
  outputs: usize
  inputs: usize
  pad: i32

  @inline get lows(): usize { return changetype<usize>(this) + 16 }
  @inline get highs(): usize { return this.lows + this.outputs }
  @inline get lowWeights(): usize { return this.highs + this.outputs }
  @inline get highWeights(): usize { return this.lowWeights + this.outputs }
  /** The `i`th output that reads each input, ascending. */
  @inline readers(i: i32): usize { return this.highWeights + this.outputs + <usize>(2 * i) * this.inputs }
  @inline readerWeights(i: i32): usize { return this.readers(i) + this.inputs }
}

/** The four floats at `row` + the four offsets at `offsets`. */
// @ts-ignore: decorator
@inline
export function lanes(row: usize, offsets: usize): v128 {
  let v = v128.load32_zero(row + load<usize>(offsets))
  v = v128.load_lane<f32>(row + load<usize>(offsets, 4), v, 1)
  v = v128.load_lane<f32>(row + load<usize>(offsets, 8), v, 2)
  return v128.load_lane<f32>(row + load<usize>(offsets, 12), v, 3)
}

/** x · w, and 0 where w is 0, whatever x. */
// @ts-ignore: decorator
@inline
export function weighted(x: v128, w: v128): v128 {
  return v128.and(f32x4.mul(x, w), f32x4.ne(w, f32x4.splat(0)))
}

/** The source position of output `i`, before it is clamped. */
function source(a: AxisArgs, i: i32): f64 {
  const mode = a.mode & 3
  if (mode == 1) return ((<f64>i + 0.5) * <f64>a.size) / <f64>a.out - (a.mode & 4 ? 0 : 0.5)
  if (mode == 2 && a.out > 1) return (<f64>i * <f64>(a.size - 1)) / <f64>(a.out - 1) + (a.mode & 4 ? 0.5 : 0)
  return (<f64>i * <f64>a.size) / <f64>a.out
}

/** Writes the table of an axis. */
export function writeAxis(a: AxisArgs): void {
  const axis = changetype<Axis>(a.table)
  axis.most = 0
  axis.outputs = <usize>((a.out + 3) & ~3) << 2
  axis.inputs = <usize>((a.size + 3) & ~3) << 2
  memory.fill(axis.lows, 0, axis.readers(a.room) - axis.lows)
  for (let i = 0; i < a.out; i++) {
    const s = max<f64>(source(a, i), 0)
    const lo = min(<i32>Math.floor(s), a.size - 1)
    const part: f64 = a.mode & 4 || lo == a.size - 1 ? 0 : s - <f64>lo
    const hi = part == 0 ? lo : lo + 1
    const at = axis.lows + (<usize>i << 2)
    store<i32>(at, lo * a.inputBytes)
    store<i32>(at + axis.outputs, hi * a.inputBytes)
    store<f32>(at + 2 * axis.outputs, <f32>(1 - part))
    store<f32>(at + 3 * axis.outputs, <f32>part)
    addReader(axis, lo, i * a.outputBytes, <f32>(1 - part))
    addReader(axis, hi, i * a.outputBytes, <f32>part)
  }
}

/** Outputs come in order, so each input's readers ascend. A weight of 0 reads nothing. */
function addReader(axis: Axis, input: i32, offset: i32, weight: f32): void {
  if (weight == 0) return
  const at = <usize>input << 2
  let i = 0
  while (i < axis.most && load<f32>(axis.readerWeights(i) + at) != 0) i++
  axis.most = max(axis.most, i + 1)
  store<i32>(axis.readers(i) + at, offset)
  store<f32>(axis.readerWeights(i) + at, weight)
}
