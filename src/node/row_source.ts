// Rows of a file, read by threads into shared memory, a block each at a time.
// Invariant: what was asked for is read, or says why not.
import { Worker } from 'node:worker_threads'
import type { Order } from '../data/permutation.ts'
import { GanglionError } from '../errors.ts'
import type { Room, RowReader, RowSource } from '../train/streamed.ts'
import type { RowsAnswer, RowsPlace, RowsRequest } from './rows_thread.ts'

/** Reads that a disk is given at a time, which a cold one needs to be quick. */
const THREADS = 4

/** @param memory how many bytes may be read ahead */
export const rowSource = (place: RowsPlace, floats: boolean, memory: number): RowSource => ({
  rowBytes: place.rowBytes, floats, memory, open: () => new Reader(place),
})

interface Waiting {
  readonly done: () => void
  readonly failed: (error: Error) => void
}

class Reader implements RowReader {
  readonly #place: RowsPlace
  readonly #threads: Worker[]
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0
  #failure: Error | undefined

  constructor(place: RowsPlace) {
    this.#place = place
    const { taken } = place
    // One copy for all of them.
    const workerData = { ...place, ...(taken && { taken: shared(taken) }) }
    this.#threads = Array.from({ length: THREADS }, () => {
      const thread = new Worker(new URL('./rows_thread.js', import.meta.url), { workerData, execArgv: [] })
      thread.on('message', ({ id, error }: RowsAnswer) => this.#answer(id, error))
      thread.on('error', (error: unknown) => this.#end((error as Error).message))
      thread.on('exit', () => this.#end('its thread ended'))
      return thread
    })
  }

  room(rows: number): Room {
    return {
      indices: new Uint32Array(new SharedArrayBuffer(4 * rows)),
      values: new Uint8Array(new SharedArrayBuffer(this.#place.rowBytes * rows)),
    }
  }

  read(order: Order, from: number, rows: number, room: Room): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = this.#asked++
    const thread = this.#threads[id % THREADS]!
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed })
      thread.postMessage({ id, order, from, rows, room } satisfies RowsRequest)
    })
  }

  async close(): Promise<void> {
    this.#waiting.clear()
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }

  #answer(id: number, error: string | undefined): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.done()
    else waiting?.failed(this.#unreadable(error))
  }

  #end(why: string): void {
    this.#failure ??= this.#unreadable(why)
    for (const { failed } of this.#waiting.values()) failed(this.#failure)
    this.#waiting.clear()
  }

  #unreadable(why: string): GanglionError {
    return new GanglionError(`cannot read "${this.#place.path}": ${why}; see that the file is there as it was, and go on`)
  }
}

function shared(array: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(array.byteLength))
  copy.set(array)
  return copy
}
