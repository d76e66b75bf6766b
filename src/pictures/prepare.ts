// One picture as a data set has it: in front of a background or with its transparency, of the set's size and channels.
// Invariant: the same file and target give the same bytes in every runtime; nothing here is computed in floats but weights.
import type { Picture } from './decode.ts'
import { type Fit, placed } from './fit.ts'
import { resample } from './resample.ts'

/** What pictures are made into. */
export interface Target {
  readonly height: number
  readonly width: number
  /** Grey (by luma, BT.601), colour, or colour and alpha. */
  readonly channels: 1 | 3 | 4
  readonly fit: Fit
  /** Behind transparent pixels, and beside a picture that does not fill the size: red, green, blue. */
  readonly background: readonly [red: number, green: number, blue: number]
  /** Bits of a sample: 16 only for pictures that have as many, and the size, and no transparency. */
  readonly bits: 8 | 16
}

export interface PreparedPicture {
  /** Rows from the top, `channels` samples a pixel. */
  readonly pixels: Uint8Array | Uint16Array
  /** What was done: resized, put in front of the background, rounded to 8 bits. */
  readonly resized: boolean
  readonly transparent: boolean
  readonly rounded: boolean
  /** Its own size. */
  readonly height: number
  readonly width: number
}

export async function prepare(picture: Picture, target: Target): Promise<PreparedPicture> {
  const { width, height, opaque } = picture
  const resized = width !== target.width || height !== target.height
  const wide = picture.rgba.BYTES_PER_ELEMENT === 2
  const said = { resized, transparent: !opaque, width, height }
  if (target.bits === 16) {
    return { pixels: channelsOf(picture.rgba, target.channels), ...said, rounded: false }
  }
  let rgba = wide ? Uint8Array.from(picture.rgba, (v) => Math.floor(v / 257 + 0.5)) : picture.rgba as Uint8Array
  const keepsAlpha = target.channels === 4
  if (!opaque) rgba = keepsAlpha ? premultiplied(rgba) : inFrontOf(rgba, target.background)
  if (resized) {
    const { box, size, left, top } = placed({ width, height }, target, target.fit)
    const part = await resample(rgba, { width, height }, box, size)
    const whole = size.width === target.width && size.height === target.height
    rgba = whole ? part : put(part, size.width, left, top, target)
  }
  if (!opaque && keepsAlpha) rgba = unmultiplied(rgba)
  return { pixels: channelsOf(rgba, target.channels), ...said, rounded: wide }
}

/** x·a/255, rounded, of bytes. */
function times(x: number, a: number): number {
  const t = x * a + 128
  return ((t >> 8) + t) >> 8
}

function premultiplied(rgba: Uint8Array): Uint8Array {
  return rgba.map((x, i) => (i % 4 === 3 ? x : times(x, rgba[i | 3]!)))
}

function unmultiplied(rgba: Uint8Array): Uint8Array {
  return rgba.map((x, i) => {
    const alpha = rgba[i | 3]!
    return i % 4 === 3 || alpha === 0 ? x : Math.min(255, Math.floor(x * 255 / alpha))
  })
}

function inFrontOf(rgba: Uint8Array, background: Target['background']): Uint8Array {
  return rgba.map((x, i) => {
    if (i % 4 === 3) return 255
    const t = x * rgba[i | 3]! + background[(i % 4) as 0 | 1 | 2] * (255 - rgba[i | 3]!) + 128
    return ((t >> 8) + t) >> 8
  })
}

/** A part at its place, with the background around it; with alpha, nothing around it. */
function put(part: Uint8Array, width: number, left: number, top: number, target: Target): Uint8Array {
  const all = new Uint8Array(target.width * target.height * 4)
  if (target.channels !== 4) {
    for (let i = 0; i < all.length; i++) all[i] = i % 4 === 3 ? 255 : target.background[(i % 4) as 0 | 1 | 2]
  }
  for (let row = 0; row < part.length / width / 4; row++) {
    const from = row * width * 4
    all.set(part.subarray(from, from + width * 4), ((top + row) * target.width + left) * 4)
  }
  return all
}

function channelsOf<A extends Uint8Array | Uint16Array>(rgba: A, channels: 1 | 3 | 4): A {
  if (channels === 4) return rgba
  const count = rgba.length / 4
  const pixels = new (rgba.constructor as new (n: number) => A)(count * channels)
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!]
    // BT.601 in 16 fractional bits, whose sum is 1: grey stays as it is. The sum may have 32 bits.
    if (channels === 1) pixels[i] = (19595 * r + 38470 * g + 7471 * b + 32768) / 65536
    else {
      pixels[3 * i] = r
      pixels[3 * i + 1] = g
      pixels[3 * i + 2] = b
    }
  }
  return pixels
}
