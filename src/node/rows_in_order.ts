// Images of a streamed dataset in memory: all of them in their order, for what goes through them once, or some.
import { createHash } from 'node:crypto'
import { type ImageDataset, imageDataset } from '../data/dataset.ts'
import { spread } from '../data/subset.ts'
import type { StreamedDataset } from '../train/streamed.ts'

/** Bytes that are asked for at a time, and how many blocks of them. */
const BLOCK = 1048576
const BLOCKS = 8

/** Gives the bytes of the first `count` images, some at a time. @param take told where they begin */
async function inOrder({ source }: StreamedDataset, count: number, take: (bytes: Uint8Array, at: number) => void): Promise<void> {
  const { rowBytes } = source
  const most = Math.max(1, Math.floor(BLOCK / rowBytes))
  const reader = source.open()
  const free = Array.from({ length: Math.min(BLOCKS, Math.ceil(count / most)) }, () => reader.room(most))
  const queue: { room: (typeof free)[number], from: number, rows: number, ready: Promise<void> }[] = []
  try {
    for (let from = 0; from < count || queue.length;) {
      while (free.length && from < count) {
        const [room, rows] = [free.pop()!, Math.min(most, count - from)]
        const ready = reader.read({ count }, from, rows, room)
        // It is told of when its turn comes.
        ready.catch(() => {})
        queue.push({ room, from, rows, ready })
        from += rows
      }
      const next = queue.shift()!
      await next.ready
      take(next.room.values.subarray(0, next.rows * rowBytes), next.from * rowBytes)
      free.push(next.room)
    }
  } finally {
    await reader.close()
  }
}

/** The first `count` images, in memory. */
export async function firstImages(data: StreamedDataset, count = data.count): Promise<ImageDataset> {
  const { source, stream: _, labels, shape, name, ...rest } = data
  const bytes = new Uint8Array(count * source.rowBytes)
  await inOrder(data, count, (values, at) => bytes.set(values, at))
  const images = source.floats ? new Float32Array(bytes.buffer) : bytes
  return { ...rest, ...imageDataset({ images, shape, name }), ...(labels && { labels: labels.subarray(0, count) }) }
}

/** Up to `most` images, as far from each other as they can be, in memory. The others are not read. */
export const spreadImages = (data: StreamedDataset, most: number): Promise<ImageDataset> =>
  imagesAt(data, spread(data.count, most))

/** The images of some rows, in memory. The others are not read. */
export async function imagesAt(data: StreamedDataset, rows: Uint32Array): Promise<ImageDataset> {
  const { source, stream: _, labels, shape, name, count, ...rest } = data
  const bytes = new Uint8Array(rows.length * source.rowBytes)
  const reader = source.open()
  try {
    await Promise.all(Array.from(rows, async (row, i) => {
      const room = reader.room(1)
      await reader.read({ count }, row, 1, room)
      bytes.set(room.values, i * source.rowBytes)
    }))
  } finally {
    await reader.close()
  }
  const images = source.floats ? new Float32Array(bytes.buffer) : bytes
  return { ...rest, ...imageDataset({ images, shape, name }), ...(labels && { labels: rows.map((row) => labels[row]!) }) }
}

/** SHA-256 of the images' bytes, in hex. */
export async function imagesHash(data: StreamedDataset): Promise<string> {
  const hash = createHash('sha256')
  await inOrder(data, data.count, (bytes) => void hash.update(bytes))
  return hash.digest('hex')
}
