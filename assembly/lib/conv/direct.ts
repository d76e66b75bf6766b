// Convolution without packing the patches: tiles of 4 patches × 8 filters read the padded image in place. For the
// small filters of small images this saves most of the work; deep filters go through lib/gemm.
// A transposed convolution is several convolutions of one image, its phases: they share the padded image.
// Each output is one sum over (u, v, channel) ascending.
import { Activation, finish } from '../gemm/epilogue'
import { mergeTile } from '../gemm/loops'
import { MR, NR } from '../gemm/micro'
import { ownScratch, partStart } from '../kernel'
import { Address } from '../layout'
import { madd } from '../simd'
import { Padded } from './padded'
import { HEAD, ROWS, runs4x8, tileRows, writeTileRows } from './tile'
import { runs4x16, runs8x8 } from './tile_wide'

/** One of the convolutions. */
@unmanaged
export class Phase {
  /** Its filters: panels of 8 columns, or each in a row. */
  b: Address
  c: Address
  /** Patches an image: rows and columns. */
  patchesY: i32
  patchesX: i32
  /** Bytes from the padded image's start to the first tap. */
  first: usize
  tapsY: i32
  /** Bytes of a row of taps. */
  run: usize
}

@unmanaged
export class Direct extends Padded {
  /** Images whose patches share tiles, so that fewer tiles are partly empty. */
  group: i32
  /** The phases follow. */
  phases: i32
}

/** Threads divide the images. `dot`: few filters, packed [n][k], by dot products; else panels of 8. */
export function convolve(d: Direct, part: i32, parts: i32, dot: bool): void {
  let image = partStart(d.images, 1, part, parts)
  const last = partStart(d.images, 1, part + 1, parts)
  if (image == last) return
  const scratch = ownScratch(d.scratch, d.scratchPerThread)
  const padded = scratch + HEAD
  const tables = padded + ((<usize>d.group * d.bytes + 31) & ~31)
  writeTileRows(scratch)
  memory.fill(padded, 0, tables - padded)
  let written = 0
  for (; image < last; image += d.group) {
    const count = min(d.group, last - image)
    if (count != written) writeTables(d, padded, tables, count)
    written = count
    for (let i = 0; i < count; i++) d.fill(padded + <usize>i * d.bytes, image + i)
    const shift = <usize>(image * d.strideImage) << 2
    let table = tables
    let at = changetype<usize>(d) + offsetof<Direct>()
    for (let i = 0; i < d.phases; i++, at += offsetof<Phase>()) {
      const phase = changetype<Phase>(at)
      const end = table + (<usize>((count * phase.patchesY * phase.patchesX + MR - 1) / MR) << 5)
      if (dot) for (let j = 0; j < d.n; j++) dots(d, phase, table, end, shift, j)
      else {
        let j = 0
        if (WIDE && d.activation <= Activation.RELU) {
          for (; j + 2 * NR <= d.n; j += 2 * NR) pair(d, phase, table, end, shift, j)
        }
        for (; j < d.n; j += NR) panel(d, phase, scratch, table, end, shift, j)
      }
      table = end
    }
  }
}

/** For four patches at a time: where each begins, then where its output lies. The last stands for those that are missing. */
function writeTables(d: Direct, padded: usize, table: usize, count: i32): void {
  let at = changetype<usize>(d) + offsetof<Direct>()
  for (let i = 0; i < d.phases; i++, at += offsetof<Phase>()) {
    const phase = changetype<Phase>(at)
    let from: usize = 0
    let to: usize = 0
    for (let image = 0; image < count; image++) {
      for (let y = 0; y < phase.patchesY; y++) {
        from = padded + <usize>image * d.bytes + phase.first + <usize>y * d.downBytes
        to = phase.c + (<usize>(image * d.strideImage + y * d.strideY) << 2)
        for (let x = 0; x < phase.patchesX; x++) {
          store<usize>(table, from)
          store<usize>(table, to, 16)
          table = next(table)
          from += d.acrossBytes
          to += <usize>d.strideX << 2
        }
      }
    }
    for (; table & 15; table = next(table)) {
      store<usize>(table, from - d.acrossBytes)
      store<usize>(table, to - (<usize>d.strideX << 2), 16)
    }
  }
}

/** The next patch's place in a table of blocks of 32 bytes, from 16 of which on outputs lie. */
// @ts-ignore: decorator
@inline
function next(table: usize): usize {
  return table + 4 + ((table + 4) & 16)
}

/** Eight filters at the patches of a table. */
function panel(d: Direct, phase: Phase, scratch: usize, table: usize, end: usize, shift: usize, j: i32): void {
  const b = phase.b + <usize>(j * phase.tapsY) * phase.run
  const columns = min(NR, d.n - j)
  const whole = columns == NR
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? d.bias + (<usize>j << 2) : 0
  if (WIDE && whole && d.activation <= Activation.RELU) {
    for (const even = table + ((end - table) & ~63); table < even; table += 64) {
      runs8x8(table, b, phase.tapsY, phase.run, d.tapBytes - phase.run, 4, 32, table + 16, to, bias, d.activation)
    }
  }
  for (; table < end; table += 32) {
    if (whole) tile(d, phase, table, b, table + 16, to, bias, d.activation)
    else {
      tile(d, phase, table, b, tileRows(scratch), 0, 0, 0)
      for (let r: usize = 0; r < 16; r += 4) store<usize>(scratch + ROWS + r, load<usize>(table + r, 16) + shift)
      mergeTile(d, scratch, scratch + ROWS, MR, j, columns, 0, true)
    }
  }
}

/** Sixteen filters at the patches of a table. */
function pair(d: Direct, phase: Phase, table: usize, end: usize, shift: usize, j: i32): void {
  const depth = <usize>phase.tapsY * phase.run
  const b = phase.b + <usize>j * depth
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? d.bias + (<usize>j << 2) : 0
  for (; table < end; table += 32) {
    runs4x16(
      table, b, <usize>NR * depth, phase.tapsY, phase.run, d.tapBytes - phase.run, 4, 32,
      table + 16, to, 0, bias, d.activation,
    )
  }
}

/** Four patches times eight filters. */
function tile(d: Direct, phase: Phase, from: usize, b: usize, rows: usize, j: usize, bias: usize, activation: i32): void {
  runs4x8(from, b, phase.tapsY, phase.run, d.tapBytes - phase.run, 4, 32, rows, j, 0, bias, activation, d.alpha)
}

/** One filter at the patches of a table. */
function dots(d: Direct, phase: Phase, table: usize, end: usize, shift: usize, j: i32): void {
  const b = phase.b + <usize>(j * phase.tapsY) * phase.run
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? v128.load32_splat(d.bias + (<usize>j << 2)) : f32x4.splat(0)
  const run = phase.run
  const skip = d.tapBytes - run
  for (; table < end; table += 32) {
    let v = f32x4.add(dot4(table, b, phase.tapsY, run, skip), bias)
    if (d.activation) v = finish(v, d.activation, d.alpha)
    v128.store_lane<f32>(load<usize>(table, 16) + to, v, 0)
    v128.store_lane<f32>(load<usize>(table, 20) + to, v, 1)
    v128.store_lane<f32>(load<usize>(table, 24) + to, v, 2)
    v128.store_lane<f32>(load<usize>(table, 28) + to, v, 3)
  }
}

/** Four patches times one filter, by vectors along the run; its length is a multiple of 4. */
// @ts-ignore: decorator
@inline
function dot4(from: usize, b: usize, tapsY: i32, run: usize, skip: usize): v128 {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  let c0 = f32x4.splat(0)
  let c1 = f32x4.splat(0)
  let c2 = f32x4.splat(0)
  let c3 = f32x4.splat(0)
  for (let u = tapsY; u > 0; u--) {
    const end = p0 + run
    do {
      const w = v128.load(b)
      c0 = madd(v128.load(p0), w, c0)
      c1 = madd(v128.load(p1), w, c1)
      c2 = madd(v128.load(p2), w, c2)
      c3 = madd(v128.load(p3), w, c3)
      p0 += 16
      p1 += 16
      p2 += 16
      p3 += 16
      b += 16
    } while (p0 != end)
    p0 += skip
    p1 += skip
    p2 += skip
    p3 += skip
  }
  // (0 + 1) + (2 + 3) of each: a transposition and three additions.
  const a0 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
  const a1 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
  const a2 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
  const a3 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
  const low = f32x4.add(v128.shuffle<i64>(a0, a2, 0, 2), v128.shuffle<i64>(a0, a2, 1, 3))
  return f32x4.add(low, f32x4.add(v128.shuffle<i64>(a1, a3, 0, 2), v128.shuffle<i64>(a1, a3, 1, 3)))
}
