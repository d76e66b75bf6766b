// Datasets that stay in their file and are read while a model trains: prepared sets, NPY and IDX files, whose images have their
// places. Invariant: they have the images, in the order, that loadDataset gives of the same file and options.
import { open, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { imagesInIdx, withIdxLabels } from '../formats/idx.ts'
import { imagesInNpy } from '../formats/npy.ts'
import { MAX_HEADER } from '../formats/safetensors_header.ts'
import { check, complete, count as countRule, type Given, option } from '../options.ts'
import { labelled, setLayout } from '../pictures/set.ts'
import type { Preparation } from '../pictures/options.ts'
import type { StreamedDataset } from '../train/streamed.ts'
import { streamOf } from '../train/streaming.ts'
import { arrayKind } from './array_files.ts'
import { CHOICE, chosen } from './datasets.ts'
import { isEmnist, labelsBeside } from './idx_files.ts'
import { pathRule } from './options.ts'
import { MOST_BYTES, readIdx, unreadable } from './read.ts'
import { rowSource } from './row_source.ts'
import { MissingSplit, type Split } from './sources.ts'

/** @internal Bytes that are read ahead, where nothing is said. */
export const READ_AHEAD = 268435456
/** What the header of an NPY file may take: NumPy's has 128 bytes. */
const NPY_HEADER = 65536
/** Of an IDX file with 255 dimensions. */
const IDX_HEADER = 1024

const READING = {
  /** How many bytes are read ahead of training, at most. Default 256 MiB. */
  memory: option(countRule, READ_AHEAD),
}
const OPTIONS = { ...CHOICE, ...READING }
export type OpenOptions = Given<typeof CHOICE> & Given<typeof READING>

export interface OpenedDataset extends StreamedDataset {
  readonly preparation?: Preparation
}

/** Images of a split in a file, one after another. */
interface Rows extends Pick<OpenedDataset, 'name' | 'count' | 'shape' | 'labels' | 'classes' | 'classNames' | 'preparation'> {
  readonly start: number
  readonly floats: boolean
}

/**
 * Opens a split of images (`train` by default) that need not fit in memory: `train` and `fit` read them from the file as they go,
 * a little ahead, and end in the bits of training on the same images in memory. Labels are read at once. The file is
 * - a prepared set ("ganglion data"),
 * - an NPY file of bytes or 32-bit floats in C order, or
 * - an IDX file of bytes, not packed, with labels where their file lies beside it.
 *
 * Each epoch has an order of its own over all images, so a disk that finds single images slowly (one that turns) slows training
 * down. Floats that are not finite are found by the step that meets them. The file must stay as it is.
 * @throws TypeError, RangeError when an argument is not as described
 * @throws GanglionError when the file is of another kind, damaged, or has no images of the split
 * @example
 * const large = await openDataset('./large.safetensors', { memory: 512 * 1048576 })
 * await model.fit(large)
 */
export async function openDataset(source: string, options: OpenOptions = {}): Promise<OpenedDataset> {
  check('openDataset', 'source', source, pathRule)
  const data = await openRows(source, options)
  if (data) return data
  throw new GanglionError(`"${source}" cannot be read in parts, expected a prepared set, an NPY file of bytes or of 32-bit ` +
    'floats in C order, or an IDX file that is not packed; make a prepared set of it: ganglion data SOURCE --out SET.safetensors')
}

/** @internal As openDataset; undefined where the file's images have to be loaded. */
export async function openRows(source: string, options: OpenOptions): Promise<OpenedDataset | undefined> {
  const all = complete('openDataset', options, OPTIONS)
  const rows = await rowsIn(source, all.validation === undefined ? all.split : 'train')
  return rows && opened(source, rows, chosen(rows.count, rows.name, all), all.memory)
}

function opened(path: string, rows: Rows, taken: Uint32Array | undefined, memory: number): OpenedDataset {
  const { start, floats, shape, labels, count, ...rest } = rows
  const rowBytes = shape[0] * shape[1] * shape[2] * (floats ? 4 : 1)
  return {
    ...rest, shape, count: taken?.length ?? count,
    ...(labels && { labels: taken ? Uint32Array.from(taken, (row) => labels[row]!) : labels }),
    source: rowSource({ path: resolve(path), start, rowBytes, ...(taken && { taken }) }, floats, memory),
    stream(model, most) { return streamOf(this, model, most) },
  }
}

/**
 * Where the images of a file lie; undefined where they have to be loaded.
 * @throws GanglionError as `openDataset` does
 */
async function rowsIn(path: string, split: Split): Promise<Rows | undefined> {
  const info = await stat(path).catch((cause) => { throw unreadable(path, cause) })
  if (!info.isFile()) return undefined
  const { size } = info
  const name = basename(resolve(path))
  const part = (begin: number, end: number) => bytesOf(path, begin, Math.min(end, size))
  const beginning = await part(0, NPY_HEADER)
  const kind = arrayKind(beginning, size)
  if (kind === 'set') return ofSet(path, size, split, part)
  if (kind === 'npy') {
    const found = imagesInNpy(beginning, size, path)
    return found && { ...found, name }
  }
  if (kind || isEmnist(path)) return undefined
  const found = imagesInIdx(beginning.subarray(0, IDX_HEADER), size, path)
  if (!found) return undefined
  const labels = await labelsBeside(path)
  const bytes = labels && await readIdx(labels, MOST_BYTES)
  const all = bytes && withIdxLabels({ count: found.count } as ImageDataset, bytes, labels)
  return { ...found, floats: false, name, ...(all && { labels: all.labels }) }
}

async function ofSet(
  path: string, size: number, split: Split, part: (begin: number, end: number) => Promise<Uint8Array>,
): Promise<Rows | undefined> {
  const [low, high] = new Uint32Array((await part(0, 8)).buffer) as unknown as [number, number]
  // Beyond the limit what is there is enough to refuse it.
  const header = Math.min(8 + low + high * 4294967296, 8 + MAX_HEADER)
  const { start, metadata, splits } = setLayout(await part(0, header), path, size)
  const found = splits[split]
  if (!found) throw new MissingSplit(`"${path}" has no images of the split "${split}"`)
  const { images, labels: entry, count, shape } = found
  const labels = entry && new Uint32Array((await part(start + entry.begin, start + entry.end)).buffer)
  return {
    ...metadata, name: basename(resolve(path)), start: start + images.begin, floats: images.dtype === 'F32', count, shape,
    ...labelled(labels, metadata, path),
  }
}

/** A copy of a part of a file. */
async function bytesOf(path: string, begin: number, end: number): Promise<Uint8Array> {
  const file = await open(path).catch((cause) => { throw unreadable(path, cause) })
  try {
    const bytes = new Uint8Array(end - begin)
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, begin + at)
      if (!bytesRead) throw new GanglionError(`"${path}" was cut short while it was read; copy it again`)
      at += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}
