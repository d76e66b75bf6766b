// A prepared set: pixels, labels, sizes and class names in one safetensors file, which numpy and PyTorch read too.
// Tensors: `images` (count, height, width, channels), U8 or F32; `labels` (count), U32; `sizes` (count, 2), U32, heights and
// widths as they were; those of the test split begin with `test.`. The metadata say the rest, as text.
// Invariant: the same data give the same bytes; `digest` is the SHA-256 of all tensors' bytes, in the order of the file.
import { checkData, type ImageDataset } from '../data/dataset.ts'
import { checkLabels } from '../data/rows.ts'
import { GanglionError } from '../errors.ts'
import { sizesShown } from '../formats/bytes.ts'
import { type Layout, readLayout, encodeSafetensors, type WrittenTensor, writtenOrder } from '../formats/safetensors.ts'
import type { Entry } from '../formats/safetensors_header.ts'
import { sha256 } from '../formats/sha256.ts'
import { check, optional, rule, shown } from '../options.ts'
import { isA } from '../tag.ts'
import type { PictureDataset } from './make.ts'
import type { Preparation } from './options.ts'

export interface PictureSet {
  readonly train: SetData
  readonly test?: SetData
  /** What it says of its bytes; `setDigest` looks. */
  readonly digest: string
}
export interface SetData extends ImageDataset, Partial<Pick<PictureDataset, 'sizes' | 'preparation'>> {}

const FORMAT = 'pictures 1'
const TEST = 'test.'

function checkSplit(data: SetData, name: string): void {
  checkData('encodePictureSet', data, name)
  check('encodePictureSet', `${name}.sizes`, data.sizes, optional(rule('a Uint32Array, height and width of each image',
    (x) => isA('Uint32Array', x), ({ length }) => length === 2 * data.count)))
}

/**
 * The bytes of a prepared set.
 * @param test the other split, of the same shape and classes
 * @throws TypeError, RangeError when one of them is no image dataset, or they are of two shapes
 * @example
 * const bytes = await encodePictureSet(digits)
 */
export async function encodePictureSet(train: SetData, test?: SetData): Promise<Uint8Array> {
  checkSplit(train, 'train')
  if (test !== undefined) checkSplit(test, 'test')
  if (test && test.shape.join() !== train.shape.join()) {
    throw new RangeError(`encodePictureSet: test.shape is ${shown(test.shape)}, expected that of train, ${shown(train.shape)}`)
  }
  const tensors = new Map([...tensorsOf(train), ...(test ? tensorsOf(test, TEST) : [])])
  const { name, classNames, preparation } = train
  return encodeSafetensors(tensors, {
    ganglion: FORMAT, name, digest: await sha256(writtenOrder(tensors).map((each) => bytesOf(tensors.get(each)!.data))),
    ...(classNames && { classNames: JSON.stringify(classNames) }),
    ...(preparation && { preparation: JSON.stringify(preparation) }),
  })
}

/** As they lie in memory, little-endian wherever there is WebAssembly. */
const bytesOf = ({ buffer, byteOffset, byteLength }: WrittenTensor['data']): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

function tensorsOf({ images, labels, sizes, count, shape }: SetData, prefix = ''): [string, WrittenTensor][] {
  return [
    [`${prefix}images`, { shape: [count, ...shape], data: images }],
    ...(labels ? [[`${prefix}labels`, { shape: [count], data: Uint32Array.from(labels) }] as [string, WrittenTensor]] : []),
    ...(sizes ? [[`${prefix}sizes`, { shape: [count, 2], data: sizes }] as [string, WrittenTensor]] : []),
  ]
}

/**
 * A prepared set from the bytes of its file, whose pixels are used, not copied.
 * @throws TypeError when `bytes` is not a Uint8Array
 * @throws GanglionError when it is no such set, or a damaged one
 * @example
 * const set = openPictureSet(bytes)
 */
export function openPictureSet(bytes: Uint8Array, name = 'a picture set'): PictureSet {
  const { start, metadata, splits: { train, test }, digest } = layoutOf('openPictureSet', bytes, name)
  const part = ({ begin, end }: Entry) => bytes.subarray(start + begin, start + end)
  const data = (split: SplitLayout): SetData => {
    const { images, labels, sizes, count, shape } = split
    const pixels = part(images)
    const words = (entry: Entry | undefined) => entry && new Uint32Array(part(entry).slice().buffer)
    return {
      ...metadata, images: images.dtype === 'U8' ? pixels : new Float32Array(pixels.slice().buffer), count, shape,
      ...labelled(words(labels), metadata, name), ...(sizes && { sizes: words(sizes)! }),
    }
  }
  return { train: data(train), ...(test && { test: data(test) }), digest }
}

/**
 * The digest of the bytes that a set has, to compare with what it says.
 * @throws as `openPictureSet` does
 * @example
 * const digest = await setDigest(bytes)
 */
export async function setDigest(bytes: Uint8Array, name = 'a picture set'): Promise<string> {
  const { start } = readLayout('setDigest', bytes, name)
  return sha256([bytes.subarray(start)])
}

/** Where a split has its tensors. */
interface SplitLayout extends Pick<SetData, 'count' | 'shape'> {
  readonly images: Entry
  readonly labels?: Entry
  readonly sizes?: Entry
}

/** @internal What a set's header says; entries begin after `start`. */
export interface SetLayout {
  readonly start: number
  readonly metadata: Pick<SetData, 'name' | 'classNames' | 'preparation'>
  readonly splits: { readonly train: SplitLayout, readonly test?: SplitLayout }
  readonly digest: string
}

/** @internal Of a file of so many bytes, of which `bytes` is the beginning, with the whole header. @throws as `openPictureSet` */
export const setLayout = (bytes: Uint8Array, name: string, length: number): SetLayout =>
  layoutOf('setLayout', bytes, name, length)

/** @internal Labels, and how many classes there are. @throws GanglionError where one is of no class */
export function labelled(
  labels: Uint32Array | undefined, { classNames }: SetLayout['metadata'], name: string,
): Pick<SetData, 'labels' | 'classes'> {
  if (!labels) return {}
  const classes = classNames?.length
  try {
    checkLabels(name, labels, classes)
  } catch (cause) {
    throw damaged(name, (cause as Error).message, cause)
  }
  return { labels, ...(classes && { classes }) }
}

function layoutOf(owner: string, bytes: Uint8Array, name: string, length?: number): SetLayout {
  const layout = readLayout(owner, bytes, name, length)
  const { ganglion, digest, classNames, preparation, name: own } = layout.metadata
  if (ganglion !== FORMAT || digest === undefined) {
    throw new GanglionError(`"${name}" is a safetensors file without prepared pictures; give one that "ganglion data" wrote`)
  }
  const metadata = {
    name: own || 'pictures',
    ...(classNames !== undefined && { classNames: names(parsed(classNames, name), name) }),
    ...(preparation !== undefined && { preparation: parsed(preparation, name) as Preparation }),
  }
  const train = split(layout, '', name)
  if (!train) throw damaged(name, 'it has no images')
  const test = split(layout, TEST, name)
  if (test && test.shape.join() !== train.shape.join()) throw damaged(name, 'its splits are of two shapes')
  return { start: layout.start, metadata, splits: { train, ...(test && { test }) }, digest }
}

function split({ entries }: Layout, prefix: string, name: string): SplitLayout | undefined {
  const found = (key: string) => entries.find((entry) => entry.name === prefix + key)
  const images = found('images')
  if (!images) return undefined
  const [count = 0, ...shape] = images.shape
  if (shape.length !== 3 || !count || shape.includes(0) || !['U8', 'F32'].includes(images.dtype)) {
    const held = `${images.dtype} of ${sizesShown(images.shape, 'x')}`
    throw damaged(name, `"${prefix}images" is ${held}, expected U8 or F32 of four sizes`)
  }
  const words = (key: string, each: number): Entry | undefined => {
    const entry = found(key)
    if (entry && (entry.dtype !== 'U32' || entry.end - entry.begin !== count * each * 4)) {
      throw damaged(name, `"${prefix}${key}" expected U32, ${each} for each of the ${count} images`)
    }
    return entry
  }
  const [labels, sizes] = [words('labels', 1), words('sizes', 2)]
  return { images, count, shape: shape as unknown as SetData['shape'], ...(labels && { labels }), ...(sizes && { sizes }) }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(name, 'its metadata are not JSON', cause)
  }
}

function names(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length && value.every((each) => typeof each === 'string')) return value
  throw damaged(name, 'its class names are no list of names')
}

const damaged = (name: string, what: string, cause?: unknown): GanglionError =>
  new GanglionError(`"${name}" is a damaged picture set: ${what}; prepare it again`, { cause })
