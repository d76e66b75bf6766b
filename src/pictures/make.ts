// Files of pictures become a data set: their headers say what size and how many channels it has, unless that is given; then each
// is
// decoded and prepared. Invariant: the same files in the same order, with the same options, give the same bytes in every runtime.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { complete } from '../options.ts'
import { tooLarge } from './decode.ts'
import { pictureHeader, type PictureHeader } from './formats.ts'
import {
  PREPARATION, type Preparation, type PreparationOptions, READING, type ReadingOptions, sides, targetOf,
} from './options.ts'
import type { PreparedPicture } from './prepare.ts'
import { known, type PictureFile, prepareAll } from './workers.ts'

/** Pictures that belong together, in their order. */
export interface PictureList {
  readonly name: string
  /** What messages call them; their name by default. */
  readonly where?: string
  readonly files: readonly PictureFile[]
  /** By the numbers of their labels. */
  readonly classNames?: readonly string[]
  /** What was found and is not read: pictures of other kinds; folders, with a slash at their end. */
  readonly skipped?: readonly string[]
}

/** What was done with pictures. */
export interface PictureReport {
  readonly read: number
  /** Those that were made larger or smaller, and from what to what. */
  readonly resized: number
  readonly smallest: readonly [height: number, width: number]
  readonly largest: readonly [height: number, width: number]
  /** Those with transparent pixels. */
  readonly transparent: number
  /** Those of 16 bits that became 8. */
  readonly rounded: number
  /** Why those that are broken were left out. */
  readonly broken: readonly string[]
}

export interface PictureDataset extends ImageDataset {
  readonly preparation: Preparation
  readonly report: PictureReport
  readonly skipped?: readonly string[]
  /** Height and width of each picture as it was. */
  readonly sizes: Uint32Array
}

export type PictureOptions = PreparationOptions & ReadingOptions
export const PICTURES = { ...PREPARATION, ...READING }

/** Files that are read at a time, to look at their headers. */
const AT_ONCE = 16

/**
 * What `files` are to be made into: as the options say, else as their headers do.
 * @throws GanglionError when a file is of no kind that is known, unless broken ones are skipped
 */
export async function preparationOf(
  files: readonly PictureFile[],
  { size, fit, background, channels, bits, skipBroken, maxBytes }: ReturnType<typeof completePictures>,
): Promise<Preparation> {
  const made = (height: number, width: number, of: 1 | 3 | 4, depth: 8 | 16): Preparation =>
    ({ size: [height, width], fit, background, channels: of, bits: depth })
  if (size !== undefined && channels !== undefined) return made(...sides(size), channels, bits ?? 8)
  const headers: PictureHeader[] = []
  for (let i = 0; i < files.length; i += AT_ONCE) {
    const some = await Promise.all(files.slice(i, i + AT_ONCE)
      .map(async ({ name, read }) => read(maxBytes).then((bytes) => pictureHeader(bytes, name)).catch(known)))
    for (const found of some) {
      if (!(found instanceof GanglionError)) headers.push(found)
      else if (!skipBroken) throw found
    }
  }
  if (!headers.length) return made(1, 1, 1, 8)
  const first = headers[0]!
  const alike = headers.every(({ width, height }) => width === first.width && height === first.height)
  const [height, width] = size !== undefined ? sides(size) : alike ? [first.height, first.width] : usual(headers)
  const of = channels ?? (headers.every(({ grey }) => grey) ? 1 : 3)
  const whole = size === undefined && alike && headers.every(({ depth }) => depth === 16)
  return made(height, width, of, bits ?? (whole ? 16 : 8))
}

/** For pictures of several sizes: 64, or 32 where most are smaller. */
function usual(headers: readonly PictureHeader[]): readonly [number, number] {
  const side = headers.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b)[headers.length >> 1]!
  return side < 64 ? [32, 32] : [64, 64]
}

export const completePictures = (owner: string, options: PictureOptions) => complete(owner, options, PICTURES)

/**
 * The data set of a list of pictures.
 * @param preparation what to make them into; else what the options and their headers say
 * @throws GanglionError when a file is broken, unless those are skipped; when all together take more than `maxBytes`
 */
export async function makeDataset(list: PictureList, options: PictureOptions, given?: Preparation): Promise<PictureDataset> {
  const all = completePictures('makeDataset', options)
  const { name, where = name, files, classNames, skipped = [] } = list
  const preparation = given ?? await preparationOf(files, all)
  const { size: [height, width], channels, bits } = preparation
  const values = height * width * channels
  const bytes = files.length * values * (bits === 16 ? 4 : 1)
  if (bytes > all.maxBytes) throw tooLarge(where, bytes, all.maxBytes)
  const images = bits === 16 ? new Float32Array(files.length * values) : new Uint8Array(bytes)
  const labels = classNames && new (classNames.length > 256 ? Uint16Array : Uint8Array)(files.length)
  const sizes = new Uint32Array(2 * files.length)
  const tally = new Tally()
  const target = targetOf(preparation)
  await prepareAll(files, { target, maxBytes: all.maxBytes, workers: all.workers }, (_, made) => {
    if (made instanceof GanglionError) {
      if (!all.skipBroken) throw made
      tally.broken.push(made.message)
      return
    }
    const { name: file, label } = files[tally.read + tally.broken.length]!
    if (bits === 16) checkWide(made, preparation, file)
    images.set(bits === 16 ? Float32Array.from(made.pixels, (v) => 2 * v / 65535 - 1) : made.pixels, tally.read * values)
    if (labels) labels[tally.read] = label!
    sizes.set([made.height, made.width], 2 * tally.read)
    tally.add(made)
  })
  const count = tally.read
  if (!count) {
    const why = tally.broken[0] ? `; the first: ${tally.broken[0]}` : ''
    throw new GanglionError(`"${where}" has no picture that can be read, expected PNG, JPEG or WebP${why}`)
  }
  return {
    name, images: images.subarray(0, count * values), count, shape: [height, width, channels], preparation,
      report: tally.report(),
    sizes: sizes.subarray(0, 2 * count),
    ...(labels && { labels: labels.subarray(0, count), classes: classNames.length, classNames }),
    ...(skipped.length && { skipped }),
  }
}

function checkWide({ pixels, resized, transparent, height, width }: PreparedPicture, { size }: Preparation, name: string): void {
  if (pixels.BYTES_PER_ELEMENT === 2 && !resized && !transparent) return
  throw new GanglionError(`"${name}" is ${height}x${width} with ${8 * pixels.BYTES_PER_ELEMENT} bits a sample` +
    `${transparent ? ' and transparent' : ''}, expected ${size.join('x')}, opaque, with 16 like the others; ` +
    'give a size, which rounds all of them to 8 bits')
}

class Tally {
  read = 0
  readonly broken: string[] = []
  #resized = 0
  #transparent = 0
  #rounded = 0
  #smallest: readonly [number, number] = [Infinity, Infinity]
  #largest: readonly [number, number] = [0, 0]

  add({ resized, transparent, rounded, height, width }: PreparedPicture): void {
    this.read++
    this.#resized += Number(resized)
    this.#transparent += Number(transparent)
    this.#rounded += Number(rounded)
    if (height * width < this.#smallest[0] * this.#smallest[1]) this.#smallest = [height, width]
    if (height * width > this.#largest[0] * this.#largest[1]) this.#largest = [height, width]
  }

  report(): PictureReport {
    return {
      read: this.read, resized: this.#resized, smallest: this.#smallest, largest: this.#largest, transparent: this.#transparent,
      rounded: this.#rounded, broken: this.broken,
    }
  }
}
