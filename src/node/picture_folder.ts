// A folder of pictures as a dataset: all of one size, all grey or all in colour, in the order of their names (by UTF-16 code
// unit, so the same everywhere). It has no labels and no test images. Invariant: no pixel is changed, and what was left out is
// named, but for hidden files and what is no picture.
import type { Dirent } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { decodePicture, type Picture } from './decode.ts'
import { readRegular, tooLarge, unreadable } from './read.ts'

export interface LoadedDataset extends ImageDataset {
  /** What a folder of PNG files holds beside them and was not read: pictures of other kinds, and sub-folders, as `name/`. */
  readonly skipped?: readonly string[]
}

export interface FolderContents {
  /** The PNG files, sorted. */
  readonly pictures: readonly string[]
  /** Pictures of other kinds, and sub-folders with a slash at their end, sorted. */
  readonly skipped: readonly string[]
}

const OTHER_KINDS = /\.(avif|bmp|gif|heic|heif|ico|jfif|jpe|jpeg|jpg|jxl|pbm|pgm|ppm|svg|tga|tif|tiff|webp)$/i

/** @internal What a folder holds of pictures. Hidden files (`._a.png`, which archives of macOS have) are nobody's pictures. */
export async function picturesIn(folder: string, entries: readonly Dirent[]): Promise<FolderContents> {
  const [pictures, skipped]: [string[], string[]] = [[], []]
  for (const entry of entries) {
    const { name } = entry
    if (name.startsWith('.')) continue
    const isFolder = entry.isSymbolicLink()
      ? (await stat(join(folder, name)).catch(() => null))?.isDirectory() : entry.isDirectory()
    if (isFolder) skipped.push(`${name}/`)
    else if (/\.png$/i.test(name)) pictures.push(name)
    else if (OTHER_KINDS.test(name)) skipped.push(name)
  }
  return { pictures: pictures.sort(), skipped: skipped.sort() }
}

/**
 * The images of a folder's PNG files: one channel where they are grey, three where they are in colour. Bytes, or, where all
 * have 16 bits a sample, floats in [-1, 1]: 2·v/65535 − 1.
 * @throws GanglionError when a file is damaged or transparent, not of the first one's size or kind, or all together take more
 *   than `most` bytes
 */
export async function fromPictures(
  folder: string, { pictures, skipped }: FolderContents, name: string, most: number,
): Promise<LoadedDataset> {
  let first: Picture | undefined
  let images: Uint8Array | Float32Array = new Uint8Array()
  for (const [i, file] of pictures.entries()) {
    const path = join(folder, file)
    const picture = decodePicture(await readRegular(path).catch((cause) => { throw unreadable(path, cause) }), path, most)
    const { pixels } = picture
    const wide = pixels.BYTES_PER_ELEMENT === 2
    if (!first) {
      first = picture
      const bytes = pictures.length * pixels.length * (wide ? 4 : 1)
      if (bytes > most) throw tooLarge(folder, bytes, most)
      images = wide ? new Float32Array(pictures.length * pixels.length) : new Uint8Array(bytes)
    }
    if (picture.channels % 2 === 0) {
      throw new GanglionError(`"${path}" has transparent pixels, expected opaque ones; save it without transparency`)
    }
    const [found, expected] = [described(picture), described(first)]
    if (found !== expected) {
      throw new GanglionError(`"${path}" has ${found}, and "${basename(pictures[0]!)}" has ${expected}, ` +
        'expected images of one size and kind; convert or remove those that differ')
    }
    images.set(wide ? Float32Array.from(pixels, (v) => 2 * v / 65535 - 1) : pixels, i * pixels.length)
  }
  const { width, height, channels } = first!
  return { name, images, count: pictures.length, shape: [height, width, channels], ...(skipped.length && { skipped }) }
}

const described = ({ width, height, channels, pixels }: Picture): string => (
  `${width}x${height} pixels in ${channels < 3 ? 'grey' : 'colour'}${pixels.BYTES_PER_ELEMENT === 2 ? ' of 16 bits' : ''}`
)
