// Lays images out in a grid that a person can look at: each enlarged to hard-edged squares, with a dark frame between.
// It makes pixels only; a PNG is made of them elsewhere.

import { check, complete, count, floats, type Given, imageShape, isNumbers, option, required, rule, whole } from '../options.ts'

const isRange = (x: unknown): x is readonly [low: number, high: number] => isNumbers(x)
const GRID = {
  /** [height, width, channels]. */
  shape: required(imageShape),
  /** Images in a row; by default the squarest grid, ceil(sqrt(count)). */
  columns: count,
  /** Output pixels along each side of an input pixel. Default 3. */
  scale: option(count, 3),
  /** Output pixels between images and around the grid. Default 2. */
  gap: option(whole, 2),
  /** The values that become 0 and 255. Default [-1, 1]. */
  range: option(rule('[low, high], low below high', isRange,
    (x) => x.length === 2 && x[0] < x[1] && isFinite(x[1] - x[0])), [-1, 1]),
}
export type GridOptions = Given<typeof GRID>

/** Rows from the top, `channels` bytes to a pixel: grey, RGB or RGBA. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly pixels: Uint8Array
}

/** Slate: apart from the black and the white that images usually end in. The grey is its luma (BT.601). */
const SLATE = [44, 48, 58, 255]
const SLATE_GREY = 48

/** Bytes of the largest picture. */
const MOST = 1073741824

/**
 * A grid of (count, height, width, channels) images, row by row: byte = floor(255·(x − low)/(high − low) + ½), clamped
 * to 0 to 255, NaN as 0. Places without an image show the frame's colour.
 * @throws TypeError when `images` is not a Float32Array
 * @throws RangeError when the images do not fit the shape, or an option has no meaning
 * @example
 * const { width, height, pixels } = imageGrid(model.sample(16), { shape: [28, 28, 1], columns: 4 })
 */
export function imageGrid(images: Float32Array, options: GridOptions): Pixels {
  check('imageGrid', 'images', images, floats)
  const { shape: [h, w, c], scale, gap, range: [low, high], columns: asked } = complete('imageGrid', options, GRID)
  if (c !== 1 && c !== 3 && c !== 4) {
    throw new RangeError(`imageGrid: there are ${c} channels, expected 1 (grey), 3 (RGB) or 4 (RGBA)`)
  }
  const count = images.length / (h * w * c)
  if (count < 1 || !Number.isInteger(count)) {
    throw new RangeError(`imageGrid: images expected a multiple of ${h}x${w}x${c} = ${h * w * c} values, got ${images.length}`)
  }
  const wanted = asked ?? Math.ceil(Math.sqrt(count))
  const columns = Math.min(wanted, count)
  const rows = Math.ceil(count / columns)
  const width = gap + columns * (w * scale + gap)
  const height = gap + rows * (h * scale + gap)
  const frame = c === 1 ? [SLATE_GREY] : SLATE
  if (width * height * c > MOST) {
    throw new RangeError(`imageGrid: the grid would have ${width} x ${height} pixels, expected at most 2^30 bytes; ` +
      'use a smaller scale or gap, or fewer images')
  }
  const pixels = new Uint8Array(width * height * c)
  const empty = Uint8Array.from({ length: width * c }, (_, i) => frame[i % c]!)
  for (let y = 0; y < height; y++) pixels.set(empty, y * empty.length)
  for (let i = 0; i < count; i++) {
    const left = gap + (i % columns) * (w * scale + gap)
    const top = gap + Math.floor(i / columns) * (h * scale + gap)
    let from = i * h * w * c
    for (let y = 0; y < h; y++) {
      const start = ((top + y * scale) * width + left) * c
      let to = start
      for (let x = 0; x < w; x++, from += c) {
        for (let k = 0; k < c; k++) pixels[to + k] = byte((images[from + k]! - low) / (high - low))
        const end = to + scale * c
        for (to += c; to < end; to++) pixels[to] = pixels[to - c]!
      }
      for (let again = 1; again < scale; again++) pixels.copyWithin(start + again * width * c, start, to)
    }
  }
  return { width, height, channels: c, pixels }
}

function byte(x: number): number {
  return Math.max(0, Math.min(255, Math.floor(255 * x + 0.5)))
}
