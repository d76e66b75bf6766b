// Data that are larger than what may be in memory: they stay in their file and are read while the run trains.
// Invariant: the run is the same, to the bit, wherever its images are.
import { stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { GanglionError } from '../errors.ts'
import type { LoadedDataset, LoadOptions } from '../node/datasets.ts'
import { openRows, type OpenedDataset, READ_AHEAD } from '../node/open_dataset.ts'
import { MOST_BYTES } from '../node/read.ts'
import { firstImages } from '../node/rows_in_order.ts'
import { NAMES } from '../node/sources.ts'
import type { Io } from './io.ts'

/** Of the machine's memory, what images may take where nothing is said: there is a second copy of them in the core. */
const PART = 1 / 4

/** What images may take in memory: as is said, else a part of what there is, and no more than is read at all. */
export const mostInMemory = (memory: number | undefined, maxBytes = MOST_BYTES): number => {
  // A container may have less than the machine; without a limit the number is beyond all memory.
  const constrained = process.constrainedMemory() || Infinity
  return memory ?? Math.min(maxBytes, Math.floor(PART * Math.min(totalmem(), constrained)))
}

/**
 * Images of a file that is larger than `most` bytes: opened, or in memory where those that are asked for take no more. Undefined
 * where they have to be loaded as others are. Options of pictures do not count.
 * @throws as `openDataset` does
 */
export async function largeData(
  source: string, options: LoadOptions, most: number,
): Promise<LoadedDataset | OpenedDataset | undefined> {
  if ((NAMES as readonly string[]).includes(source)) return undefined
  const info = await stat(source).catch(() => undefined)
  if (!info?.isFile() || info.size <= most) return undefined
  const { split, validation, limit, limitFirst, seed } = options
  const data = await openRows(source, { split, validation, limit, limitFirst, seed, memory: Math.min(most, READ_AHEAD) })
  if (!data) return undefined
  return bytesOf(data) > most ? data : firstImages(data)
}

/** The images' bytes. */
export const bytesOf = ({ count, source: { rowBytes } }: OpenedDataset): number => count * rowBytes

/**
 * Images that have to be in memory.
 * @throws GanglionError where they stay in their file
 */
export function inMemory(data: LoadedDataset | OpenedDataset, what: string, flag = '--memory'): LoadedDataset {
  if (!('stream' in data)) return data
  throw new GanglionError(`${what} of "${data.name}" take ${bytesOf(data)} bytes and have to be in memory; ` +
    `give ${flag} ${bytesOf(data)}, or fewer of them`)
}

/** How many bytes a number with a unit is: 512MB, 2GB; also kB, and none. */
export function bytesFrom(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})(kB|MB|GB)?$/i.exec(text) ?? []
  const value = Number(digits) * UNITS[unit.toLowerCase() as keyof typeof UNITS]
  if (!(value > 0 && Number.isSafeInteger(value))) throw new RangeError('bytes, 512MB or 2GB say')
  return value
}
const UNITS = { '': 1, 'kb': 1000, 'mb': 1_000_000, 'gb': 1_000_000_000 } as const

/** Bytes for people. */
export const shownBytes = (bytes: number): string =>
  (bytes >= UNITS.gb ? `${(bytes / UNITS.gb).toFixed(1)} GB` : `${(bytes / UNITS.mb).toFixed(1)} MB`)

/** Says where the images are. @param quiet whether to say nothing */
export function sayLarge(data: OpenedDataset, { stderr }: Io, quiet = false): void {
  if (quiet) return
  const images = `${data.count} images of ${data.shape.join('x')}`
  stderr.write(`ganglion: ${data.name}: ${images} take ${shownBytes(bytesOf(data))} and are read ` +
    'from the file while they train; --memory says what may be in memory\n')
}
