// Images in [-1, 1] on a canvas, as tiles with gaps. Grey images have the page's ink and paper, colour images their own colours;
// images that are points of a plane are one plot.
import { arePoints, dots, emptied } from './dots.ts'

export interface Layout {
  readonly shape: readonly number[]
  readonly columns: number
  /** Pixels of the canvas: a tile's side, and the gap between two. */
  readonly side: number
  readonly gap: number
}

export interface Colours {
  readonly paper: readonly [number, number, number]
  readonly ink: readonly [number, number, number]
}
export const coloursOf = (dark: boolean): Colours => (
  dark ? { paper: [13, 17, 20], ink: [238, 242, 240] } : { paper: [244, 242, 237], ink: [24, 28, 32] })

const byte = (x: number) => Math.max(0, Math.min(1, (x + 1) / 2))

function pixels(images: Float32Array, at: number, shape: readonly number[], { paper, ink }: Colours): ImageData {
  const [height = 1, width = 1, channels = 1] = shape
  const result = new ImageData(width, height)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const x = byte(images[at + i * channels + (channels < 3 ? 0 : c)]!)
      result.data[4 * i + c] = channels < 3 ? paper[c]! + (ink[c]! - paper[c]!) * x : 255 * x
    }
    result.data[4 * i + 3] = 255
  }
  return result
}

/** One image that is drawn larger than it is: kept, so that a frame makes nothing new. */
let small: HTMLCanvasElement | undefined

export function paint(canvas: HTMLCanvasElement, images: Float32Array, layout: Layout, colours: Colours): void {
  const { shape, columns, side, gap } = layout
  if (arePoints(shape)) {
    const context = emptied(canvas)
    context.fillStyle = `rgb(${colours.paper.join()})`
    context.fillRect(0, 0, canvas.width, canvas.height)
    return dots(context, images, `rgb(${colours.ink.join()})`)
  }
  const [height = 1, width = 1, channels = 1] = shape
  const size = height * width * channels
  const count = Math.floor(images.length / size)
  const rows = Math.ceil(count / columns)
  const [w, h] = [columns * (side + gap) - gap, rows * (side + gap) - gap]
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h]
  const context = canvas.getContext('2d')!
  context.imageSmoothingQuality = 'high'
  small ??= document.createElement('canvas')
  if (small.width !== width || small.height !== height) [small.width, small.height] = [width, height]
  const one = small.getContext('2d', { willReadFrequently: true })!
  for (let i = 0; i < count; i++) {
    one.putImageData(pixels(images, i * size, shape, colours), 0, 0)
    context.drawImage(small, (i % columns) * (side + gap), Math.floor(i / columns) * (side + gap), side, side)
  }
}
