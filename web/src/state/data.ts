// What the page trains on, by the name that an address has for it: the digits that ship with it, 5,000 to train on and 1,000 that
// training never sees, or pictures of one's own, which this page was given (own.ts) and an address can only name.
import { imagesFromIdx, withIdxLabels } from 'ganglion/idx'
import { type ImageDataset, imageDataset } from 'ganglion/worker'
import { ownData } from './own.ts'

const TRAINED = 5000
/** Classes of the set that ships with the page. */
export const DIGITS = 10
/** The set that ships with the page. Own ones are `own-`, and the first digits of what they hash to. */
export const FIRST_DATA = 'mnist'
export const OWN = /^own-[0-9a-f]{16}$/

export interface Data {
  readonly train: ImageDataset
  /** What views look at, and whether training never sees it. */
  readonly test: ImageDataset
  readonly unseen: boolean
  /** What classes are called, by their numbers; none where there are no labels. */
  readonly classNames: readonly string[]
}

/** The page was not given the pictures that its address names. */
export class Absent extends Error {}

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
    labels: all.labels!.slice(first, end), classes: DIGITS,
  })
}

async function load(): Promise<Data> {
  const names = ['mnist-images.idx.gz', 'mnist-labels.idx.gz'] as const
  const [images, labels] = await Promise.all(names.map(unpacked)) as [Uint8Array, Uint8Array]
  const all = withIdxLabels(imagesFromIdx(images, 'mnist'), labels, 'mnist')
  return {
    train: rows(all, 'mnist', 0, TRAINED), test: rows(all, 'mnist test', TRAINED, all.count), unseen: true,
    classNames: Array.from({ length: DIGITS }, (_, digit) => String(digit)),
  }
}

let loading: Promise<Data> | undefined

/** @throws Absent for pictures that the page does not have */
export async function dataOf(name: string): Promise<Data> {
  if (name === FIRST_DATA) return (loading ??= load())
  const own = ownData(name)
  if (!own) throw new Absent()
  return own
}

/** Images of bytes as models take them, in [-1, 1]; floats are so already. */
export const floats = (images: Uint8Array | Float32Array): Float32Array => (
  images instanceof Float32Array ? images : Float32Array.from(images, (x) => x / 127.5 - 1))
