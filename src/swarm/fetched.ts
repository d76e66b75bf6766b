// A run's data at a worker that has none: shards are fetched when a task reads rows of them, and for the task after it, checked
// by their digests, and kept as long as there is room. Programs read a window, into which a step's rows are put before it runs.
// Invariant: no row is used that is not the run's; beside what a task reads, no more is kept than `memory` says.
import type { ImageDataset } from '../data/dataset.ts'
import { keyOf, type Order, samplesAt } from '../data/permutation.ts'
import { checkRows, type Labels } from '../data/rows.ts'
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { COUNTER_WORDS, EPOCH } from '../graph/contract.generated.ts'
import type { Tensor } from '../graph/tensor.ts'
import { streamId } from '../ops/random.ts'
import { isBytes, isFloats } from '../options.ts'
import type { Session } from '../runtime/session.ts'
import { leavesOf } from '../train/batches.ts'
import { type ArrayFacts, numbersIn, rowBytesOf, rowSizeOf } from './arrays.ts'
import type { FedData, Feed, Span } from './feed.ts'
import { PART_BYTES, partsOf } from './protocol.ts'
import { type DataFacts, DIGEST } from './shards.ts'

/** Brings a part of some shards of a run, or of their digests, where none is named. */
export type FetchShards = (shards: readonly number[], part: number) => Promise<Uint8Array>

/** Bytes of a step's rows: what a core can hold. */
const MOST_BYTES = 4e9
/** Messages that are on their way at a time. */
const AT_ONCE = 4
/** What programs read: bytes, or floats. */
type Rows = Uint8Array | Float32Array
/** The rows of a shard, array by array. */
type Shard = readonly Rows[]

const other = (what: string): GanglionError => new GanglionError(`${what} that were fetched are not those of the run; try again`)

export interface Fetching {
  /** The rows of a step, which the window holds. */
  readonly rows: number
  readonly classes?: number
  /** Bytes of shards that are kept. */
  readonly memory: number
}

/**
 * The data of a run, of which only the shards' digests are fetched at once.
 * @throws GanglionError where these are not what the run says
 */
export async function fetchedData(facts: DataFacts, fetched: FetchShards, how: Fetching): Promise<FedData> {
  const { arrays, count, shardRows, sha256: hash } = facts
  const bytes = how.rows * arrays.reduce((n, each) => n + rowBytesOf(each), 0)
  if (bytes > MOST_BYTES) {
    throw new GanglionError(`the rows of a step of the run take ${bytes} bytes, expected at most ${MOST_BYTES}; ` +
      'work for another run')
  }
  const digests = await fetched([], 0)
  if (digests.length !== DIGEST * Math.ceil(count / shardRows) || await sha256([digests]) !== hash) throw other('the digests')
  const { rows, classes } = how
  const windows = arrays.map((each) => {
    const { name, shape, type } = each
    return { name, shape, data: new (type === 'Uint8Array' ? Uint8Array : Float32Array)(rows * rowSizeOf(each)) }
  })
  const [images, ...others] = windows as [typeof windows[number], ...typeof windows]
  const labels = others.find(({ name }) => name === 'labels')
  const tensors = others.filter((each) => each !== labels).map(({ name, shape, data }) => [name, { shape, data }] as const)
  const shape = images.shape as [number, number, number]
  const window = { name: 'images', shape, count: rows, images: images.data, classes, tensors: Object.fromEntries(tensors) }
  return { ...window, ...(labels && { labels: labels.data }), of: { count }, feed: new ShardFeed(facts, digests, fetched, how) }
}

export class ShardFeed implements Feed {
  readonly #facts: DataFacts
  readonly #digests: Uint8Array
  readonly #fetched: FetchShards
  readonly #how: Fetching
  readonly #rowBytes: number
  /** Those that are there, the one that was used last at the end. */
  readonly #shards = new Map<number, Shard>()
  readonly #coming = new Map<number, Promise<void>>()
  /** What the next task reads. */
  #wanted: ReadonlySet<number> = new Set()
  #bytes = 0

  constructor(facts: DataFacts, digests: Uint8Array, fetched: FetchShards, how: Fetching) {
    this.#facts = facts
    this.#digests = digests
    this.#fetched = fetched
    this.#how = how
    this.#rowBytes = facts.arrays.reduce((n, each) => n + rowBytesOf(each), 0)
  }

  /** Bytes of the shards that it keeps. */
  get bytes(): number {
    return this.#bytes
  }

  async bring(words: readonly number[], spans: readonly Span[]): Promise<void> {
    const wanted = this.#shardsOf(words, spans)
    this.#wanted = wanted
    for (const shard of wanted) this.#touch(shard)
    // Once more, where fetching ahead failed.
    while ([...wanted].some((shard) => !this.#shards.has(shard))) await this.#fetch(wanted)
  }
  bringAhead(words: readonly number[], spans: readonly Span[]): void {
    // What failed is fetched again when it is wanted.
    this.#fetch(this.#shardsOf(words, spans)).catch(() => {})
  }

  put(session: Session, window: ImageDataset, words: readonly number[], { from, rows }: Span): void {
    const leaves = this.#leaves(window).filter(({ leaf }) => session.holds(leaf))
    const { shardRows } = this.#facts
    const samples = this.#samples(words, { from, rows })
    for (const { leaf, index, size } of leaves) {
      const { buffer } = session.core.memory
      const address = session.addressOf(leaf)
      for (let i = 0; i < rows; i++) {
        const [sample, slot] = [samples[i]!, (from + i) % window.count]
        const values = this.#shards.get(Math.floor(sample / shardRows))![index]!
        const row = values.subarray((sample % shardRows) * size, (sample % shardRows + 1) * size)
        new (values.constructor as typeof Uint8Array)(buffer, address + slot * size * values.BYTES_PER_ELEMENT, size).set(row)
      }
    }
  }
  #leaves(window: ImageDataset): { leaf: Tensor, index: number, size: number }[] {
    const { images, labels, tensors } = leavesOf(window)
    return this.#facts.arrays.map((each, index) => {
      const leaf = each.name === 'images' ? images : each.name === 'labels' ? labels! : tensors[each.name]!
      return { leaf, index, size: rowSizeOf(each) }
    })
  }

  /** Which rows of the data are at some places of an epoch. */
  #samples(words: readonly number[], { from, rows }: Span): Uint32Array {
    const [low, high] = words.slice(COUNTER_WORDS) as [number, number]
    const order: Order = { count: this.#facts.count, key: keyOf([low, high], streamId('shuffle'), words[EPOCH]!) }
    const samples = new Uint32Array(rows)
    samplesAt(order, from, samples)
    return samples
  }
  #shardsOf(words: readonly number[], spans: readonly Span[]): Set<number> {
    return new Set(spans.flatMap((span) => [...this.#samples(words, span)].map((row) => Math.floor(row / this.#facts.shardRows))))
  }

  #touch(shard: number): void {
    const known = this.#shards.get(shard)
    if (!known) return
    this.#shards.delete(shard)
    this.#shards.set(shard, known)
  }

  /** Has those brought that are not there; of those that are on their way, it waits for the end. */
  async #fetch(wanted: ReadonlySet<number>): Promise<void> {
    const most = Math.max(1, Math.floor(PART_BYTES / (this.#facts.shardRows * this.#rowBytes)))
    const left = [...wanted]
    const others: Promise<void>[] = []
    const group = (): number[] => {
      const some: number[] = []
      while (left.length && some.length < most) {
        const shard = left.shift()!
        const coming = this.#coming.get(shard)
        if (coming) others.push(coming)
        else if (!this.#shards.has(shard)) some.push(shard)
      }
      return some
    }
    const lane = async (): Promise<void> => {
      for (let some = group(); some.length; some = group()) {
        const coming = this.#bringGroup(some).finally(() => { for (const shard of some) this.#coming.delete(shard) })
        for (const shard of some) this.#coming.set(shard, coming)
        await coming
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    await Promise.allSettled(others)
  }

  async #bringGroup(shards: readonly number[]): Promise<void> {
    const sizes = shards.map((shard) => this.#rowBytes * this.#rowsOf(shard))
    const bytes = new Uint8Array(sizes.reduce((a, b) => a + b))
    for (let part = 0; part < partsOf(bytes.length); part++) {
      const came = await this.#fetched(shards, part)
      if (came.length !== Math.min(PART_BYTES, bytes.length - part * PART_BYTES)) throw other('the rows')
      bytes.set(came, part * PART_BYTES)
    }
    let at = 0
    for (const [i, shard] of shards.entries()) {
      const own = bytes.subarray(at, at += sizes[i]!)
      const digest = this.#digests.subarray(shard * DIGEST, (shard + 1) * DIGEST)
      const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
      if (await sha256([own]) !== hash) throw other('the rows')
      this.#keep(shard, this.#checked(own, this.#rowsOf(shard)))
    }
  }
  #rowsOf(shard: number): number {
    const { count, shardRows } = this.#facts
    return Math.min(shardRows, count - shard * shardRows)
  }

  /** The arrays of a shard. @throws TypeError, RangeError where they are none that a model may read */
  #checked(bytes: Uint8Array, rows: number): Shard {
    let at = 0
    const arrays = this.#facts.arrays.map((each): [ArrayFacts, Labels] => (
      [each, numbersIn(each, bytes.subarray(at, at += rows * rowBytesOf(each)))]))
    const values = (array: Labels): Rows => (isBytes(array) || isFloats(array) ? array : Float32Array.from(array))
    checkRows("the run's data", {
      count: rows, classes: this.#how.classes, labels: arrays.find(([{ name }]) => name === 'labels')?.[1],
      tensors: Object.fromEntries(arrays.slice(1).filter(([{ name }]) => name !== 'labels')
        .map(([{ name, shape }, data]) => [name, { shape, data: values(data) }])),
    })
    const images = values(arrays[0]![1])
    if (isFloats(images) && !images.every((x) => Number.isFinite(x))) {
      throw new GanglionError("an image of the run's data is not of finite numbers; train on others")
    }
    return arrays.map(([, array]) => values(array))
  }

  #keep(shard: number, arrays: Shard): void {
    this.#shards.set(shard, arrays)
    this.#bytes += bytesIn(arrays)
    for (const [oldest, kept] of this.#shards) {
      if (this.#bytes <= this.#how.memory) return
      if (this.#wanted.has(oldest)) continue
      this.#shards.delete(oldest)
      this.#bytes -= bytesIn(kept)
    }
  }
}

const bytesIn = (arrays: Shard): number => arrays.reduce((n, { byteLength }) => n + byteLength, 0)
