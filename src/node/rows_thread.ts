// A thread that reads rows of a file into shared memory, in an order. A file of its own, because it is started by its address.
// Invariant: it answers each request, with an error where the file cannot be read.
import { openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type Order, samplesAt } from '../data/permutation.ts'
import type { Room } from '../train/streamed.ts'

/** Rows of as many bytes, one after another from `start` on. */
export interface RowsPlace {
  readonly path: string
  readonly start: number
  readonly rowBytes: number
  /** The rows that are taken, by their numbers in the file; all where it is left out. */
  readonly taken?: Uint32Array
}
export interface RowsRequest {
  readonly id: number
  readonly order: Order
  readonly from: number
  readonly rows: number
  readonly room: Room
}
export interface RowsAnswer {
  readonly id: number
  readonly error?: string
}

const { path, start, rowBytes, taken } = workerData as RowsPlace
const port = parentPort!
let file: number | undefined
/** Memory of its own, because not every runtime reads files into shared memory. */
let scratch = new Uint8Array()

function read({ order, from, rows, room: { indices, values } }: RowsRequest): void {
  file ??= openSync(path, 'r')
  const samples = indices.subarray(0, rows)
  samplesAt(order, from, samples)
  const rowAt = (i: number): number => (taken ? taken[samples[i]!]! : samples[i]!)
  for (let i = 0; i < rows;) {
    // Rows that follow each other are read at once.
    const row = rowAt(i)
    let n = 1
    while (i + n < rows && rowAt(i + n) === row + n) n++
    values.set(bytesAt(file, start + row * rowBytes, n * rowBytes), i * rowBytes)
    i += n
  }
}

function bytesAt(from: number, position: number, length: number): Uint8Array {
  if (scratch.length < length) scratch = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const got = readSync(from, scratch, done, length - done, position + done)
    if (!got) throw new Error('it has become shorter')
    done += got
  }
  return scratch.subarray(0, length)
}

port.on('message', (request: RowsRequest) => {
  const { id } = request
  let answer: RowsAnswer = { id }
  try {
    read(request)
  } catch (error) {
    answer = { id, error: (error as Error).message }
  }
  port.postMessage(answer)
})
