// A folder of PNG files as a dataset: all of one size, all grey or all in colour, in the order of their names (by UTF-16 code
// unit, so the same everywhere). It has no labels and no test images. Invariant: no pixel is changed.
import { basename, join } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { decodePng } from './png.ts'

/** Where the colour type lies in the header, and its bit for colour (PNG specification, 11.2.2 and table 11.1). */
const [COLOR_TYPE, COLOR] = [25, 2]

/** The PNG files among the names of a folder, sorted. */
export const pngFiles = (names: readonly string[]): string[] => names.filter((name) => /\.png$/i.test(name)).sort()

/**
 * The images of a folder's PNG files: one channel where they are grey, three where they are in colour.
 * @param read gives a file's bytes
 * @throws GanglionError when a file is damaged or transparent, or not of the first one's size or kind
 */
export async function fromPngs(
  folder: string, files: readonly string[], name: string, read: (path: string) => Promise<Uint8Array>,
): Promise<ImageDataset> {
  let first: Image | undefined
  let images = new Uint8Array()
  for (const [i, file] of files.entries()) {
    const path = join(folder, file)
    const image = imageOf(await read(path), path)
    first ??= image
    if (i === 0) images = new Uint8Array(files.length * image.pixels.length)
    const [found, expected] = [image, first].map(({ width, height, channels }) => (
      `${width}x${height} pixels ${channels === 1 ? 'in grey' : 'in colour'}`
    ))
    if (found !== expected) {
      throw new GanglionError(`"${path}" has ${found}, and "${basename(files[0]!)}" has ${expected}, ` +
        'expected images of one size and kind; convert or remove those that differ')
    }
    images.set(image.pixels, i * image.pixels.length)
  }
  const { width, height, channels } = first!
  return { name, images, count: files.length, shape: [height, width, channels] }
}

interface Image { readonly width: number, readonly height: number, readonly channels: 1 | 3, readonly pixels: Uint8Array }

function imageOf(bytes: Uint8Array, path: string): Image {
  const { width, height, rgba } = decodePng(bytes, path)
  const channels = bytes[COLOR_TYPE]! & COLOR ? 3 : 1
  const pixels = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    if (rgba[4 * i + 3] !== 255) {
      throw new GanglionError(`"${path}" has transparent pixels, expected opaque ones; save it without transparency`)
    }
    for (let k = 0; k < channels; k++) pixels[channels * i + k] = rgba[4 * i + k]!
  }
  return { width, height, channels, pixels }
}
