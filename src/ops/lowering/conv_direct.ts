// Convolutions that read an image in place (assembly/lib/conv): no patch is packed. A thread copies an image with the zeros
// around it that patches reach, so that every tap lies at a fixed distance from the patch's first.
//
//     top, left ┌─────────────────┐            the reach: from the first row and column that a tap reads
//               │0 0 0 0 0 0 0 0 0│  rows      to the last, in the coordinates of the image
//               │0┌─────────────┐0│
//               │0│    image    │0│
//               │0└─────────────┘0│
//               └─────────────────┘
//                     columns
import { CONV_HEADER, MR, NR } from '../../graph/contract.generated.ts'
import type { Patches } from './conv_patches.ts'

/** Depth up to which a panel of filters stays in the first-level cache beside the image: measured, see bench/. */
const DIRECT_DEPTH = 512
/** Images of fewer patches than this are computed together, so many at a time, while they take no more bytes. */
const FEW_PATCHES = 64
const IMAGES_TOGETHER = 4
const TOGETHER_BYTES = 49152

const align = (bytes: number, to = 64): number => Math.ceil(bytes / to) * to

/** Bytes of a thread's scratch for so many addresses of rows, in tables of MR addresses and MR of their results. */
const tableBytes = (rows: number): number => Math.ceil(rows / MR) * MR * 8

/** The part of an image, and of the zeros around it, that patches reach. */
export interface Reach {
  readonly top: number
  readonly left: number
  readonly rows: number
  readonly columns: number
  readonly bytes: number
  /** Of several kinds of patches, the largest distance of two rows of taps. */
  readonly tapY: number
}

/** What all of these patches of one image reach. */
export function reachOf(all: readonly Patches[]): Reach {
  const channels = all[0]!.image[3]
  const first = (axis: 0 | 1): number => Math.min(...all.map(({ offset }) => offset[axis]))
  const last = (axis: 0 | 1): number => Math.max(...all.map(({ offset, count, step, taps, tap }) =>
    offset[axis] + (count[axis] - 1) * step[axis] + Math.max(0, taps[axis] - 1) * tap[axis]))
  const [top, left] = [first(0), first(1)]
  const [rows, columns] = [last(0) + 1 - top, last(1) + 1 - left]
  return { top, left, rows, columns, bytes: rows * columns * channels * 4, tapY: Math.max(...all.map(({ tap }) => tap[0])) }
}

/** The fields that say what a direct convolution reads of the images at an address. */
export function reachFields(images: number, { image, step }: Patches, { top, left, rows, columns, tapY }: Reach) {
  const [imageCount, height, width, channels] = image
  return {
    images, imageCount, height, width, channels, top, left, paddedHeight: rows, paddedWidth: columns,
    patchStepY: step[0], patchStepX: step[1], tapStepY: tapY,
  }
}

/** Fields of a product that a direct convolution does not read. */
export const NOT_READ = { b: 0, c: 0, m: 0, k: 0, rowsY: 0, rowsX: 0, flags: 0, bStrideK: 0, bStrideN: 0, packedA: 0 } as const

/** Whether patches are read in place. */
export const isDirect = ({ image, taps, tap }: Patches): boolean =>
  tap[1] === 1 && taps[0] * taps[1] * image[3] <= DIRECT_DEPTH
/** Whether `n` filters are taken by dot products along the taps: a panel would be mostly zeros. */
export const byDots = ({ image, taps }: Patches, n: number): boolean => n <= 3 && (taps[1] * image[3]) % 4 === 0

/** How many images share tiles, of phases with so many patches an image, so that fewer tiles are partly empty. */
export const imagesTogether = (patches: readonly number[], reach: Reach): number =>
  Math.max(...patches) < FEW_PATCHES && IMAGES_TOGETHER * reach.bytes <= TOGETHER_BYTES ? IMAGES_TOGETHER : 1

/** Bytes of a thread: the images that it computes together, and tables of where their patches and results lie. */
export function directBytes(patches: readonly number[], group: number, reach: Reach): number {
  const tables = patches.reduce((sum, count) => sum + tableBytes(group * count), 0)
  return align(CONV_HEADER + align(group * reach.bytes, 32) + tables)
}

/** Bytes of a thread of a filter's gradient: the table of patch elements, dy in whole panels where it is not, the image. */
export function gradientBytes(elements: number, patches: number, n: number, reach: Reach): number {
  const copy = n % NR ? patches * align(n, NR) * 4 : 0
  return align(CONV_HEADER + tableBytes(elements) + copy + reach.bytes)
}
