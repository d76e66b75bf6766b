// A linear map of images along both axes: a pixel of the result is a weighted sum of a few pixels of the image, a weight being
// its row's times its column's. The transforms of Winograd's convolutions are of this kind (src/ops/lowering/winograd.ts).
import { finish } from '../lib/gemm/epilogue'
import { partStart, register } from '../lib/kernel'
import { Address, Table } from '../lib/layout'
import { madd } from '../lib/simd'

@unmanaged
class Combine2dArgs {
  x: Address
  y: Address
  images: i32
  /** bytes from one image to the next */
  imageX: i32
  imageY: i32
  /** bytes of a pixel, a multiple of 16 */
  run: usize
  rows: i32
  columns: i32
  /** words of the rows */
  rowWords: i32
  /** of a pixel's floats, or 0 */
  bias: Address
  activation: i32
  alpha: f32
  /** the lines: the rows, then the columns */
  lines: Table
}

/** A row or a column of the result; its terms follow. */
@unmanaged
class Line {
  /** bytes from the start of the result */
  place: usize
  terms: i32
}

@unmanaged
class Term {
  /** bytes from the start of the image */
  place: usize
  weight: f32
}

/** y(i, j) = epilogue(Σ row's weight · column's weight · x), the row's terms outermost. Threads divide the rows of all images. */
export function combine2d_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<Combine2dArgs>(args)
  const rowTable = a.lines
  const columnTable = rowTable + (<usize>a.rowWords << 2)
  const end = partStart(a.images * a.rows, 1, part + 1, parts)
  let unit = partStart(a.images * a.rows, 1, part, parts)
  let row = rowTable
  for (let i = unit % a.rows; i > 0; i--) row = next(row)
  for (; unit < end; unit++) {
    const image = unit / a.rows
    const x = a.x + image * a.imageX
    const y = a.y + image * a.imageY + load<usize>(row)
    let column = columnTable
    for (let j = 0; j < a.columns; j++) {
      const to = y + load<usize>(column)
      combine(x, row, column, a.run, to)
      if (a.bias || a.activation) finishPixel(a, to)
      column = next(column)
    }
    row = (unit + 1) % a.rows ? next(row) : rowTable
  }
}
register<Combine2dArgs, Line, Term>(combine2d_f32)

/** The line after this one. */
// @ts-ignore: decorator
@inline
function next(line: usize): usize {
  return line + 8 + (load<usize>(line, 4) << 3)
}

/** One pixel, 32 floats at a time, then four. */
function combine(x: usize, row: usize, column: usize, run: usize, to: usize): void {
  const rowEnd = next(row)
  const columnEnd = next(column)
  row += 8
  column += 8
  let at: usize = 0
  for (; at + 128 <= run; at += 128) {
    let v0 = f32x4.splat(0)
    let v1 = f32x4.splat(0)
    let v2 = f32x4.splat(0)
    let v3 = f32x4.splat(0)
    let v4 = f32x4.splat(0)
    let v5 = f32x4.splat(0)
    let v6 = f32x4.splat(0)
    let v7 = f32x4.splat(0)
    for (let r = row; r < rowEnd; r += 8) {
      const from = x + at + load<usize>(r)
      const weight = v128.load32_splat(r, 4)
      for (let c = column; c < columnEnd; c += 8) {
        const p = from + load<usize>(c)
        const w = f32x4.mul(weight, v128.load32_splat(c, 4))
        v0 = madd(w, v128.load(p), v0)
        v1 = madd(w, v128.load(p, 16), v1)
        v2 = madd(w, v128.load(p, 32), v2)
        v3 = madd(w, v128.load(p, 48), v3)
        v4 = madd(w, v128.load(p, 64), v4)
        v5 = madd(w, v128.load(p, 80), v5)
        v6 = madd(w, v128.load(p, 96), v6)
        v7 = madd(w, v128.load(p, 112), v7)
      }
    }
    v128.store(to + at, v0)
    v128.store(to + at, v1, 16)
    v128.store(to + at, v2, 32)
    v128.store(to + at, v3, 48)
    v128.store(to + at, v4, 64)
    v128.store(to + at, v5, 80)
    v128.store(to + at, v6, 96)
    v128.store(to + at, v7, 112)
  }
  for (; at < run; at += 16) {
    let v = f32x4.splat(0)
    for (let r = row; r < rowEnd; r += 8) {
      const from = x + at + load<usize>(r)
      const weight = v128.load32_splat(r, 4)
      for (let c = column; c < columnEnd; c += 8) {
        v = madd(f32x4.mul(weight, v128.load32_splat(c, 4)), v128.load(from + load<usize>(c)), v)
      }
    }
    v128.store(to + at, v)
  }
}

/** Bias and activation, where a pixel is whole. */
function finishPixel(a: Combine2dArgs, pixel: usize): void {
  for (let at: usize = 0; at < a.run; at += 16) {
    const v = v128.load(pixel + at)
    v128.store(pixel + at, finish(a.bias ? f32x4.add(v, v128.load(a.bias + at)) : v, a.activation, a.alpha))
  }
}
