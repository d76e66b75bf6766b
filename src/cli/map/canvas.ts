// What a map is drawn with: colours in a rectangle of pixels. pngjs makes the file.
import type { Pixels } from '../../formats/grid.ts'

export type Colour = readonly [red: number, green: number, blue: number]

export class Canvas {
  readonly width: number
  readonly height: number
  readonly #pixels: Uint8Array

  constructor(width: number, height: number, [r, g, b]: Colour) {
    this.width = width
    this.height = height
    this.#pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => [r, g, b][i % 3]!)
  }

  get pixels(): Pixels {
    return { width: this.width, height: this.height, channels: 3, pixels: this.#pixels }
  }

  /** Lays a colour over a pixel; `cover` is 0 to 1. */
  point(x: number, y: number, colour: Colour, cover = 1): void {
    if (!(cover > 0 && x >= 0 && y >= 0 && x < this.width && y < this.height)) return
    const at = 3 * (y * this.width + x)
    for (let k = 0; k < 3; k++) this.#pixels[at + k] = Math.round(this.#pixels[at + k]! * (1 - cover) + colour[k]! * cover)
  }

  box(left: number, top: number, width: number, height: number, colour: Colour, cover = 1): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.point(x, y, colour, cover)
  }

  /** A disc whose edge is smooth. */
  disc(cx: number, cy: number, radius: number, colour: Colour, cover: number): void {
    const reach = Math.ceil(radius + 1)
    for (let y = Math.floor(cy) - reach; y <= cy + reach; y++) {
      for (let x = Math.floor(cx) - reach; x <= cx + reach; x++) {
        const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy]
        const inside = radius + 0.5 - Math.sqrt(dx * dx + dy * dy)
        this.point(x, y, colour, cover * Math.max(0, Math.min(1, inside)))
      }
    }
  }

  /** An image [h, w, channels] of values in [-1, 1], each pixel `scale` pixels wide; transparent ones show what is behind. */
  image(values: Float32Array, [h, w, c]: readonly number[], left: number, top: number, scale: number): void {
    const byte = (v: number): number => Math.max(0, Math.min(255, Math.floor(127.5 * (v + 1) + 0.5)))
    for (let y = 0; y < h! * scale; y++) {
      for (let x = 0; x < w! * scale; x++) {
        const at = (Math.floor(y / scale) * w! + Math.floor(x / scale)) * c!
        const channel = (k: number): number => byte(values[at + (c! < 3 ? 0 : k)]!)
        this.point(left + x, top + y, [channel(0), channel(1), channel(2)], c === 4 ? byte(values[at + 3]!) / 255 : 1)
      }
    }
  }
}
