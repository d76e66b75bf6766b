// Images that stay where they are, on a disk say, and are read while a model trains on them; labels and tensors are in memory.
// What reads them comes with the dataset (streaming.ts makes it), so that programs which train in memory do without.
// Invariant: training on them has the bits of training on the same images in memory.
import type { ImageDataset } from '../data/dataset.ts'
import type { Order } from '../data/permutation.ts'
import type { BoundModel } from './bound.ts'

export interface StreamedDataset extends Omit<ImageDataset, 'images'> {
  /** @internal What reads its images. */
  readonly source: RowSource
  /** @internal Begins to read for a training loop, in steps of `rows` samples at most. */
  stream(model: BoundModel, rows: number): Stream
}

/** Where images are, each a row of as many bytes, in the order in which the dataset has them. */
export interface RowSource {
  /** Bytes of an image. */
  readonly rowBytes: number
  /** Whether they are floats, little-endian; else bytes. */
  readonly floats: boolean
  /** How many bytes may be read ahead. */
  readonly memory: number
  open(): RowReader
}

/** Memory that a reader writes to: which samples they are, and their values. */
export interface Room {
  readonly indices: Uint32Array
  readonly values: Uint8Array
}

export interface RowReader {
  /** Room for so many rows. */
  room(rows: number): Room
  /** Reads the samples at the places `from` to `from + rows` of an order into a room, in that order. */
  read(order: Order, from: number, rows: number, room: Room): Promise<void>
  /** Nothing is read any more; what was asked for may be left undone. */
  close(): Promise<void>
}

/** Some rows in memory, of a streamed dataset's samples: sample p of the epoch is row p mod `count`. */
export interface Window extends ImageDataset {
  readonly of: StreamedDataset
}

/** What feeds a training loop. */
export interface Stream {
  /** What the loop trains on. */
  readonly window: Window
  /** Puts the next `rows` samples of the epoch, from where the counters stand, into the window. */
  fill(rows: number): Promise<void>
  close(): Promise<void>
}

/** What a dataset is a window on, if it is one. */
export const behind = (data: ImageDataset): Pick<StreamedDataset, 'count'> | undefined => (data as Partial<Window>).of
