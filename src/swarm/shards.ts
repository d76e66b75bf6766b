// A run's data in shards: some rows of every array that the model reads, and their digests, by which a worker checks those that
// it fetched, and whether data that it has are the run's. Invariant: the list of digests goes into one message.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { isCount, isRecord } from '../options.ts'
import { areFacts, type ArrayFacts, arraysOf, bytesOf, rowBytesOf, sameFacts, typeOf } from './arrays.ts'
import { partBytes, PART_BYTES, partsOf, type Request, writeMessage } from './protocol.ts'

/** Bytes of a shard, where a row takes no more: a batch's rows lie anywhere, and each brings the others of its shard. */
const SHARD_BYTES = 8192
/** Bytes of a digest. */
export const DIGEST = 32
const MOST_SHARDS = PART_BYTES / DIGEST

/** What a run says of its data. */
export interface DataFacts {
  readonly count: number
  readonly arrays: readonly ArrayFacts[]
  /** Rows of a shard; the last may have fewer. */
  readonly shardRows: number
  /** SHA-256 of the list of the shards' digests. */
  readonly sha256: string
}

const isCountOf = (x: unknown): x is number => typeof x === 'number' && isCount(x)
/** Whether something is what a run says of its data. */
export const areDataFacts = (x: unknown): x is DataFacts => isRecord(x) && isCountOf(x['count']) && isCountOf(x['shardRows']) &&
  x['count'] <= MOST_SHARDS * x['shardRows'] && typeof x['sha256'] === 'string' && areFacts(x['arrays'])

/** How rows are divided. */
export const shardRowsOf = (count: number, rowBytes: number): number =>
  Math.max(1, Math.floor(SHARD_BYTES / rowBytes), Math.ceil(count / MOST_SHARDS))

export class Shards {
  readonly facts: DataFacts
  /** The shards' digests, one after another. */
  readonly digests: Uint8Array
  readonly #arrays: readonly ArrayBufferView[]

  private constructor(facts: DataFacts, digests: Uint8Array, arrays: readonly ArrayBufferView[]) {
    this.facts = facts
    this.digests = digests
    this.#arrays = arrays
  }

  /** Those of what a model reads of some data. */
  static async of(definition: ModelDefinition, data: ImageDataset): Promise<Shards> {
    const found = arraysOf(definition, data)
    const [arrays, { count }] = [found.map(({ name, array, shape }) => ({ name, type: typeOf(array), shape })), data]
    const views = found.map(({ array }) => array)
    const shardRows = shardRowsOf(count, arrays.reduce((n, each) => n + rowBytesOf(each), 0))
    const digests = new Uint8Array(DIGEST * Math.ceil(count / shardRows))
    for (let shard = 0; shard * DIGEST < digests.length; shard++) {
      const hash = await sha256(rowsOf(views, count, shardRows, shard))
      for (let i = 0; i < DIGEST; i++) digests[shard * DIGEST + i] = parseInt(hash.slice(2 * i, 2 * i + 2), 16)
    }
    return new Shards({ count, arrays, shardRows, sha256: await sha256([digests]) }, digests, views)
  }

  /** Whether the data are those that a run says. */
  are({ count, arrays, shardRows, sha256: hash }: DataFacts): boolean {
    const { facts: own } = this
    return own.sha256 === hash && own.count === count && own.shardRows === shardRows && sameFacts(own.arrays, arrays)
  }

  /**
   * Answers a worker: the digests, where it names no shards; else those shards, array by array.
   * @throws GanglionError where there is no such shard or part, or they are more than a message holds
   */
  answer({ shards, part }: Request & { do: 'data' }): Uint8Array {
    const { count, shardRows } = this.facts
    const most = this.digests.length / DIGEST
    const none = shards.find((shard) => shard >= most)
    if (none !== undefined) throw new GanglionError(`shard ${none} of the data was asked for, and there are ${most}`)
    const pieces = shards.length ? shards.flatMap((shard) => rowsOf(this.#arrays, count, shardRows, shard)) : [this.digests]
    const bytes = pieces.reduce((n, { length }) => n + length, 0)
    if (shards.length > 1 && bytes > PART_BYTES) {
      throw new GanglionError(`shards of ${bytes} bytes were asked for at a time, expected at most ${PART_BYTES}`)
    }
    if (part >= partsOf(bytes)) throw new GanglionError(`part ${part} of a shard was asked for, and there is none`)
    return writeMessage({}, partBytes(bytes, part), (payload) => gather(pieces, part * PART_BYTES, payload))
  }
}

/** The bytes of a shard, an array after the other. */
function rowsOf(arrays: readonly ArrayBufferView[], count: number, shardRows: number, shard: number): Uint8Array[] {
  const [from, to] = [shard * shardRows, Math.min(count, (shard + 1) * shardRows)]
  return arrays.map((array) => {
    const row = array.byteLength / count
    return bytesOf(array).subarray(from * row, to * row)
  })
}

/** Copies what lies from `start` on in some pieces in a row. */
function gather(pieces: readonly Uint8Array[], start: number, to: Uint8Array): void {
  let at = 0
  for (const piece of pieces) {
    const [from, end] = [Math.max(at, start), Math.min(at + piece.length, start + to.length)]
    if (from < end) to.set(piece.subarray(from - at, end - at), from - start)
    at += piece.length
  }
}
