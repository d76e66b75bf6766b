// The digits that ship with the page: 5,000 to train on and 1,000 that training never sees.
import { imagesFromIdx, withIdxLabels } from 'ganglion/idx'
import { type ImageDataset, imageDataset } from 'ganglion/worker'

const TRAINED = 5000

export interface Data {
  readonly train: ImageDataset
  readonly test: ImageDataset
}

/** Some hosts unpack what is gzipped, others hand it out as it is. */
async function unpacked(name: string): Promise<Uint8Array> {
  const response = await fetch(new URL(`data/${name}`, document.baseURI))
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Rows from `first` to `end`, in arrays of their own: a part of one cannot be sent to a worker. */
function rows(all: ImageDataset, name: string, first: number, end: number): ImageDataset {
  const size = all.images.length / all.count
  return imageDataset({
    name, shape: all.shape, images: all.images.slice(first * size, end * size),
    labels: all.labels!.slice(first, end), classes: 10,
  })
}

async function load(): Promise<Data> {
  const names = ['mnist-images.idx.gz', 'mnist-labels.idx.gz'] as const
  const [images, labels] = await Promise.all(names.map(unpacked)) as [Uint8Array, Uint8Array]
  const all = withIdxLabels(imagesFromIdx(images, 'mnist'), labels, 'mnist')
  return { train: rows(all, 'mnist', 0, TRAINED), test: rows(all, 'mnist test', TRAINED, all.count) }
}

let loading: Promise<Data> | undefined
export const data = (): Promise<Data> => (loading ??= load())

/** Images of bytes as models take them, in [-1, 1]. */
export const floats = (images: ArrayLike<number>): Float32Array => Float32Array.from(images, (x) => x / 127.5 - 1)
