// What feeds a training loop whose images are read as it goes: a window of rows in the core, and blocks that are read ahead, in
// the order of the epoch. It knows no file. Invariant: before steps run, the window has their samples, wherever the counters
// stand, so that a run that goes on, or steps that are done again, have theirs.
import { keyOf, type Order } from '../data/permutation.ts'
import { COUNTER_WORDS } from '../graph/contract.generated.ts'
import type { Tensor } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { streamId } from '../ops/random.ts'
import { isBytes } from '../options.ts'
import type { Session } from '../runtime/session.ts'
import { leavesOf } from './batches.ts'
import type { BoundModel } from './bound.ts'
import { countersOf, TRAIN } from './state.ts'
import type { Room, RowReader, Stream, StreamedDataset, Window } from './streamed.ts'

/** Bytes of the window in the core, where a step takes no more: a chunk of steps has its samples there. */
const WINDOW_BYTES = 8 * 1048576
/** Bytes that are asked of the reader at a time. */
const BLOCK_BYTES = 1048576
/** Blocks at least: one that is used, and others that are read. */
const LEAST_BLOCKS = 3

const windows = new WeakMap<StreamedDataset, Window>()

/** The window on a dataset: as large as it was, or larger where steps of `rows` rows do not fit. */
export function windowOn(data: StreamedDataset, rows: number): Window {
  const known = windows.get(data)
  if (known && known.count >= rows) return known
  const { source: { rowBytes, floats }, labels, tensors = {}, shape, count, name, classes } = data
  const held = Math.min(count, Math.max(rows, Math.floor(WINDOW_BYTES / rowBytes)))
  const some = (array: object, size: number) => new (isBytes(array) ? Uint8Array : Float32Array)(held * size)
  const window: Window = {
    name, shape, count: held, of: data,
    images: new (floats ? Float32Array : Uint8Array)(held * shape[0] * shape[1] * shape[2]),
    ...(labels && { labels: some(labels, 1), classes }),
    tensors: Object.fromEntries(Object.entries(tensors).map(([key, t]) => (
      [key, { shape: t.shape, data: some(t.data, t.data.length / count) }]))),
  }
  windows.set(data, window)
  return window
}

/** What `StreamedDataset.stream` does. */
export const streamOf = (data: StreamedDataset, { session, definition }: BoundModel, rows: number): Stream =>
  new Reading(session, windowOn(data, rows), definition)

class Reading implements Stream {
  readonly window: Window
  readonly #session: Session
  readonly #images: Tensor
  /** What has rows in memory, of so many values each, and where they go. */
  readonly #others: readonly { leaf: Tensor, rows: ArrayLike<number>, size: number }[]
  readonly #reader: RowReader
  readonly #ahead: ReadAhead

  constructor(session: Session, window: Window, { classes, tensors = {} }: ModelDefinition) {
    const { count, labels, tensors: all = {}, source } = window.of
    const leaves = leavesOf(window)
    this.window = window
    this.#session = session
    this.#images = leaves.images
    this.#others = [
      ...(classes && labels && leaves.labels ? [{ leaf: leaves.labels, rows: labels, size: 1 }] : []),
      ...Object.keys(tensors).map((name) => {
        const { data } = all[name]!
        return { leaf: leaves.tensors[name]!, rows: data, size: data.length / count }
      }),
    ]
    this.#reader = source.open()
    const rows = Math.min(count, Math.max(1, Math.floor(BLOCK_BYTES / source.rowBytes)))
    // An epoch ahead is enough.
    const most = Math.ceil(count / rows) + 1
    const blocks = Math.max(LEAST_BLOCKS, Math.min(most, Math.floor(source.memory / (rows * source.rowBytes))))
    this.#ahead = new ReadAhead(this.#reader, count, rows, blocks)
  }

  async fill(rows: number): Promise<void> {
    const { position, epoch } = countersOf(this.#session)
    const [low, high] = this.#session.groupWords(TRAIN).subarray(COUNTER_WORDS) as unknown as [number, number]
    const keys = (ahead: number) => keyOf([low, high], streamId('shuffle'), epoch + ahead)
    for (let at = position; at < position + rows;) {
      const { room, from, rows: read } = await this.#ahead.block(keys, at)
      const slot = at % this.window.count
      const n = Math.min(position + rows - at, from + read - at, this.window.count - slot)
      this.#put(room, at - from, n, slot)
      at += n
    }
  }

  #put({ indices, values }: Room, first: number, n: number, slot: number): void {
    const { core } = this.#session
    const { rowBytes } = this.window.of.source
    new Uint8Array(core.memory.buffer, this.#session.addressOf(this.#images) + slot * rowBytes)
      .set(values.subarray(first * rowBytes, (first + n) * rowBytes))
    for (const { leaf, rows, size } of this.#others) {
      if (!this.#session.holds(leaf)) continue
      const address = this.#session.addressOf(leaf)
      const bytes = isBytes(rows)
      const to = bytes ? new Uint8Array(core.memory.buffer, address, this.window.count * size)
        : new Float32Array(core.memory.buffer, address, this.window.count * size)
      for (let i = 0; i < n; i++) {
        const row = indices[first + i]! * size
        for (let j = 0; j < size; j++) to[(slot + i) * size + j] = rows[row + j]!
      }
    }
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}

interface Block {
  readonly order: Order
  readonly from: number
  readonly rows: number
  readonly room: Room
  readonly ready: Promise<void>
}
type Key = NonNullable<Order['key']>

/** Blocks of an epoch and of the next ones, in their order, as many as there is room for. */
class ReadAhead {
  readonly #reader: RowReader
  readonly #count: number
  readonly #rows: number
  readonly #free: Room[]
  #queue: Block[] = []

  constructor(reader: RowReader, count: number, rows: number, blocks: number) {
    this.#reader = reader
    this.#count = count
    this.#rows = rows
    this.#free = Array.from({ length: blocks }, () => reader.room(rows))
  }

  /**
   * The block that has the sample at a place of the epoch; it stays until one after it is asked for.
   * @param keys of this epoch and of those so many after it
   */
  async block(keys: (ahead: number) => Key, place: number): Promise<Block> {
    const key = keys(0)
    const found = this.#queue.findIndex(({ order, from, rows }) => same(order.key!, key) && from <= place && place < from + rows)
    for (const { ready, room } of this.#queue.splice(0, found < 0 ? this.#queue.length : found)) {
      await ready
      this.#free.push(room)
    }
    this.#readOn(keys, place)
    const [block] = this.#queue as [Block, ...Block[]]
    await block.ready
    return block
  }

  /** Asks for what comes after the last block, or from the block of `place` on where there is none. */
  #readOn(keys: (ahead: number) => Key, place: number): void {
    while (this.#free.length) {
      const last = this.#queue.at(-1)
      const end = last ? last.from + last.rows : place - (place % this.#rows)
      const over = end >= this.#count
      const order = last && !over ? last.order : { count: this.#count, key: keys(last ? this.#epochs(last, keys) + 1 : 0) }
      const from = over ? 0 : end
      const rows = Math.min(this.#rows, this.#count - from)
      const room = this.#free.pop()!
      const ready = this.#reader.read(order, from, rows, room)
      // It is told of when the block is wanted.
      ready.catch(() => {})
      this.#queue.push({ order, from, rows, room, ready })
    }
  }

  /** How many epochs after the one that is trained a block is of. */
  #epochs({ order }: Block, keys: (ahead: number) => Key): number {
    for (let ahead = 0; ; ahead++) if (same(order.key!, keys(ahead))) return ahead
  }
}

const same = (a: Key, b: Key): boolean => a[0] === b[0] && a[1] === b[1]
