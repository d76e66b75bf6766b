// The picture of a map: what lies at each place of a window, beside the codes by class, and the classes' colours.
import { encodePng } from '../../node/png.ts'
import { Canvas, type Colour } from './canvas.ts'

/** By class, the first ones again after the last: those of the page's maps (web/src/parts/map.tsx). */
export const COLOURS = [
  '#3b7dd8', '#e8833a', '#2f9e5b', '#d64550', '#8b62c9', '#8c6239', '#d667b0', '#6f7780', '#b3a125', '#26a8b8',
] as const
export const colourOf = (label: number): (typeof COLOURS)[number] => COLOURS[label % COLOURS.length]!
const rgb = (hex: string): Colour => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour

const PAPER: Colour = [255, 255, 255]
const LINE: Colour = [201, 197, 187]
/** About how wide a half of the picture is, and what lies between and around, in pixels. */
const [SIDE, GAP] = [640, 16]
/** Of a point; smaller ones where there are many. */
const [POINT, FEW, COVER] = [3.2, 1000, 0.75]
/** What is left out at each end of an axis, as a fraction of the codes; and room beside the others. */
const [OUTLIERS, ROOM] = [0.005, 1.06]

/** The part of the plane that is shown, of as many images each way. */
export interface View {
  readonly columns: number
  readonly scale: number
  readonly centre: readonly [x: number, y: number]
  readonly half: readonly [x: number, y: number]
}

/**
 * A window around nearly all places, of one scale on both axes.
 * @param columns images beside each other; by default as many as fill half of the picture
 */
export function windowOf(xy: Float64Array, [h, w]: readonly number[], columns?: number): View {
  const across = columns ?? Math.max(8, Math.min(24, Math.floor(SIDE / w!)))
  const ends = [0, 1].map((axis) => {
    const sorted = xy.filter((_, i) => i % 2 === axis).sort()
    const out = Math.floor(OUTLIERS * sorted.length)
    return [sorted[out]!, sorted[sorted.length - 1 - out]!] as const
  })
  const [x, y] = ends.map(([low, high]) => (high - low) / 2) as [number, number]
  // As an image is, so is the window.
  const half = ROOM * Math.max(x, (y * w!) / h!, 1e-6)
  return {
    columns: across, scale: Math.max(1, Math.floor(SIDE / (across * w!))), half: [half, (half * h!) / w!],
    centre: ends.map(([low, high]) => (low + high) / 2) as unknown as [number, number],
  }
}

/** The places of a window's images, row by row from the top. */
export function* placesIn({ columns, centre, half }: View): Generator<[x: number, y: number]> {
  for (let row = 0; row < columns; row++) {
    for (let column = 0; column < columns; column++) {
      yield [centre[0] + half[0] * ((2 * column + 1) / columns - 1), centre[1] - half[1] * ((2 * row + 1) / columns - 1)]
    }
  }
}

export interface MapPicture {
  readonly window: View
  readonly shape: readonly number[]
  /** An image for each place of the window, or nothing. */
  readonly images: readonly (Float32Array | undefined)[]
  readonly xy: Float64Array
  readonly labels?: ArrayLike<number>
  /** An image of each class, the first at the top. */
  readonly examples: readonly (Float32Array | undefined)[]
}

export function mapPng({ window, shape, images, xy, labels, examples }: MapPicture): Uint8Array {
  const { columns, scale, centre, half } = window
  const [h, w] = shape as readonly [number, number, number]
  const [width, height] = [columns * w * scale, columns * h * scale]
  const small = Math.max(1, Math.floor(28 / Math.max(h, w)))
  const row = Math.max(24, h * small) + 8
  const shown = examples.slice(0, Math.floor(height / row))
  const legend = shown.length ? GAP + 28 + w * small : 0
  const canvas = new Canvas(2 * width + 3 * GAP + legend, height + 2 * GAP, PAPER)
  images.forEach((image, i) => {
    const [left, top] = [GAP + (i % columns) * w * scale, GAP + Math.floor(i / columns) * h * scale]
    if (image) canvas.image(image, shape, left, top, scale)
  })
  const left = 2 * GAP + width
  frame(canvas, GAP, GAP, width, height)
  frame(canvas, left, GAP, width, height)
  const n = xy.length / 2
  const radius = POINT * Math.min(1, Math.max(0.6, Math.sqrt(FEW / n)))
  // In an order of their own, so that of sorted data no class lies on top of the others.
  const rank = (i: number): number => Math.imul(i, 2654435761) >>> 0
  for (const i of Array.from({ length: n }, (_, at) => at).sort((a, b) => rank(a) - rank(b))) {
    const x = ((xy[2 * i]! - centre[0]) / half[0] + 1) * (width / 2)
    const y = ((centre[1] - xy[2 * i + 1]!) / half[1] + 1) * (height / 2)
    if (x < radius || y < radius || x > width - radius || y > height - radius) continue
    canvas.disc(left + x, GAP + y, radius, rgb(colourOf(labels?.[i] ?? 0)), COVER)
  }
  shown.forEach((image, label) => {
    const [x, y] = [left + width + GAP, GAP + label * row]
    canvas.disc(x + 8, y + row / 2 - 4, 8, rgb(colourOf(label)), 1)
    if (image) canvas.image(image, shape, x + 28, y + Math.floor((row - 8 - h * small) / 2), small)
  })
  return encodePng(canvas.pixels)
}

function frame(canvas: Canvas, left: number, top: number, width: number, height: number): void {
  for (const y of [top - 1, top + height]) canvas.box(left - 1, y, width + 2, 1, LINE)
  for (const x of [left - 1, left + width]) canvas.box(x, top, 1, height, LINE)
}
