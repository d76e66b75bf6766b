// A linear map of images along both axes: a pixel of the result is a weighted sum of a few pixels of the image, a weight being
// its row's times its column's. The transforms of Winograd's convolutions are of this kind (src/ops/winograd.ts).
import { finish } from '../lib/gemm/epilogue'
import { register, shareStart } from '../lib/kernel'
import { madd } from '../lib/simd'

/**
 * The words are followed by the table of rows, then that of columns: for each line of the result its place, the number of its
 * terms, and of each the place in the image and the weight. Places are in bytes.
 */
@unmanaged
class Combine2dArgs {
  x: usize
  y: usize
  /** SHARE bytes a thread: the terms of a pixel, an address and a weight each */
  scratch: usize
  images: i32
  /** bytes from one image to the next */
  imageX: i32
  imageY: i32
  /** bytes of a pixel, a multiple of 16 */
  run: usize
  rows: i32
  columns: i32
  rowWords: i32
  /** address of a pixel's floats, or 0 */
  bias: usize
  activation: i32
  alpha: f32
}

const SHARE: usize = 128

/** y(i, j) = epilogue(Σ row weight · column weight · x), the row's terms outermost. Threads share the rows of all images. */
export function combine2d_f32(args: usize, thread: i32, threads: i32): void {
  const a = changetype<Combine2dArgs>(args)
  const terms = a.scratch + SHARE * <usize>thread
  const rowTable = args + offsetof<Combine2dArgs>()
  const columnTable = rowTable + (<usize>a.rowWords << 2)
  const end = shareStart(a.images * a.rows, 1, thread + 1, threads)
  let unit = shareStart(a.images * a.rows, 1, thread, threads)
  let row = rowTable
  for (let i = unit % a.rows; i > 0; i--) row = next(row)
  for (; unit < end; unit++) {
    const image = unit / a.rows
    const x = a.x + image * a.imageX
    const y = a.y + image * a.imageY + load<usize>(row)
    let column = columnTable
    for (let j = 0; j < a.columns; j++) {
      pixel(a, terms, gather(row, column, x, terms), y + load<usize>(column))
      column = next(column)
    }
    row = (unit + 1) % a.rows ? next(row) : rowTable
  }
}
register(combine2d_f32)

/** The line after this one. */
// @ts-ignore: decorator
@inline
function next(line: usize): usize {
  return line + 8 + (load<usize>(line, 4) << 3)
}

/** Writes the terms of a pixel; returns their end. */
function gather(row: usize, column: usize, x: usize, to: usize): usize {
  const rowEnd = next(row)
  const columnEnd = next(column)
  for (let r = row + 8; r < rowEnd; r += 8) {
    const from = x + load<usize>(r)
    const weight = load<f32>(r, 4)
    for (let c = column + 8; c < columnEnd; c += 8, to += 8) {
      store<usize>(to, from + load<usize>(c))
      store<f32>(to, weight * load<f32>(c, 4), 4)
    }
  }
  return to
}

/** Sixteen floats at a time, then four. */
function pixel(a: Combine2dArgs, terms: usize, end: usize, to: usize): void {
  let at: usize = 0
  for (; at + 64 <= a.run; at += 64) {
    let v0 = f32x4.splat(0)
    let v1 = f32x4.splat(0)
    let v2 = f32x4.splat(0)
    let v3 = f32x4.splat(0)
    for (let t = terms; t < end; t += 8) {
      const p = load<usize>(t) + at
      const w = v128.load32_splat(t, 4)
      v0 = madd(w, v128.load(p), v0)
      v1 = madd(w, v128.load(p, 16), v1)
      v2 = madd(w, v128.load(p, 32), v2)
      v3 = madd(w, v128.load(p, 48), v3)
    }
    put(a, to + at, at, v0)
    put(a, to + at + 16, at + 16, v1)
    put(a, to + at + 32, at + 32, v2)
    put(a, to + at + 48, at + 48, v3)
  }
  for (; at < a.run; at += 16) {
    let v = f32x4.splat(0)
    for (let t = terms; t < end; t += 8) v = madd(v128.load32_splat(t, 4), v128.load(load<usize>(t) + at), v)
    put(a, to + at, at, v)
  }
}

// @ts-ignore: decorator
@inline
function put(a: Combine2dArgs, to: usize, at: usize, v: v128): void {
  if (a.bias) v = f32x4.add(v, v128.load(a.bias + at))
  v128.store(to, a.activation ? finish(v, a.activation, a.alpha) : v)
}
