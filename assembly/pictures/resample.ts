// Resampling of pictures of four bytes a pixel, along one axis at a time, in the integers of Pillow's: weights of 22 fractional
// bits, a rounded byte after each axis (https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Resample.c).
// A core of its own, apart from what trains. Invariant: a result is Pillow's, bit for bit, for the weights that Pillow takes.
// It allocates nothing: the host places pictures, `starts` (i32: the first pixel of each result) and `weights` (i32, `taps`
// each).

const BITS: i32 = 22
/** One half, so that shifting rounds. */
const HALF: i32 = 1 << (BITS - 1)

/** A pixel's four bytes as i32. */
// @ts-ignore: decorator
@inline
function pixel(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)))
}

/** Sums of four bytes, rounded and clamped, into memory. */
// @ts-ignore: decorator
@inline
function store(at: usize, sums: v128): void {
  const words = i32x4.shr_s(sums, BITS)
  const halves = i16x8.narrow_i32x4_s(words, words)
  v128.store_lane<u32>(at, i8x16.narrow_i16x8_u(halves, halves), 0)
}

/** Where the host may put things. */
export function heapBase(): usize {
  return __heap_base
}

/** Rows of `width` pixels at `x` become rows of `columns` pixels at `y`. */
export function alongRows(
  x: usize, y: usize, width: i32, rows: i32, columns: i32, starts: usize, weights: usize, taps: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      let from = x + (<usize>load<u32>(starts + (<usize>i << 2)) << 2)
      let weight = weights + (<usize>(i * taps) << 2)
      const end = weight + (<usize>taps << 2)
      let sums = i32x4.splat(HALF)
      while (weight < end) {
        sums = i32x4.add(sums, i32x4.mul(pixel(from), v128.load32_splat(weight)))
        from += 4
        weight += 4
      }
      store(y, sums)
      y += 4
    }
    x += <usize>width << 2
  }
}

/** Columns of a picture of `width` pixels a row at `x` become `rows` rows at `y`. */
export function alongColumns(x: usize, y: usize, width: i32, rows: i32, starts: usize, weights: usize, taps: i32): void {
  const line = <usize>width << 2
  for (let row = 0; row < rows; row++) {
    const first = x + <usize>load<u32>(starts + (<usize>row << 2)) * line
    const begin = weights + (<usize>(row * taps) << 2)
    const end = begin + (<usize>taps << 2)
    for (let i: usize = 0; i < line; i += 4) {
      let from = first + i
      let sums = i32x4.splat(HALF)
      for (let weight = begin; weight < end; weight += 4) {
        sums = i32x4.add(sums, i32x4.mul(pixel(from), v128.load32_splat(weight)))
        from += line
      }
      store(y + i, sums)
    }
    y += line
  }
}
