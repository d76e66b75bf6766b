// Networks of images whose sides are halved and doubled, as deep as the image is large: what the convolutional models share.
import type { Initializer } from '../graph/leaves.ts'
import { type Layer, layer } from '../nn/layer.ts'
import { conv2d, conv2dTranspose, dense, reshape } from '../nn/layers.ts'
import { slice } from '../ops/slice.ts'

/** The smaller side of an image that is not halved any more, by default. */
const SEED = 7
const CONVOLUTION = { kernelSize: 4, strides: 2, padding: 'same' } as const

/** Where there is none, the layers have theirs. */
const initial = (kernelInitializer?: Initializer) => (kernelInitializer ? { kernelInitializer } : {})

export type Size = readonly [height: number, width: number]

/** The sizes of an image that is halved, halves rounded up, until its smaller side is at most `side`: the image's own first. */
export function halvings([height, width]: readonly number[], least = 1, side = SEED): Size[] {
  const sizes: Size[] = [[height!, width!]]
  for (let [h, w] = sizes[0]!; sizes.length <= least || Math.min(h, w) > side;) {
    [h, w] = [Math.ceil(h / 2), Math.ceil(w / 2)]
    sizes.push([h, w])
  }
  return sizes
}

/** Channels at each half, the largest image's first: `first`, and twice as many at each further one, 8 times at most. */
export const widths = (depth: number, first: number): number[] =>
  Array.from({ length: depth }, (_, i) => first * Math.min(8, 1 << i))

/** The upper left of an image, of a size. */
export const crop = ([height, width]: Size): Layer => layer('crop', {}, () => (x) => (
  slice(x, [0, 0, 0, 0], [x.shape[0]!, height, width, x.shape[3]!])))

/** What the layers between convolutions are, by the level: 0 at the largest image. */
type Between = (level: number) => readonly Layer[]

/**
 * From the smallest of `sizes` to the largest: transposed convolutions, 4 × 4, strides 2.
 * @param channels of the images at each size but the smallest, the largest image's first
 * @param between what follows each but the last
 */
export function transposedLayers(
  sizes: readonly Size[], channels: readonly number[], between: Between, kernelInitializer?: Initializer,
): Layer[] {
  return channels.map((filters, i) => {
    const [from, to] = [sizes[i + 1]!, sizes[i]!]
    const exact = 2 * from[0] === to[0] && 2 * from[1] === to[1]
    const up = conv2dTranspose({ filters, ...CONVOLUTION, ...initial(kernelInitializer) })
    return [up, ...(exact ? [] : [crop(to)]), ...(i ? between(i) : [])]
  }).reverse().flat()
}

/**
 * From features [n, …] to images: dense to the smallest half, then transposed convolutions.
 * @param filters channels at each half, the largest image's first
 */
export function doublings(
  imageShape: readonly number[], filters: readonly number[], between: Between, kernelInitializer?: Initializer,
): Layer[] {
  const sizes = halvings(imageShape, filters.length)
  const seed = [...sizes.at(-1)!, filters.at(-1)!]
  const channels = [imageShape[2]!, ...filters.slice(0, -1)]
  return [
    dense({ units: seed.reduce((n, d) => n * d, 1), ...initial(kernelInitializer) }), reshape({ targetShape: seed }),
    ...between(filters.length),
    ...transposedLayers(sizes, channels, between, kernelInitializer),
  ]
}

/**
 * Convolutions, 4 × 4, strides 2, each followed by what `between` gives.
 * @param made what a convolution is wrapped in
 */
export function halvingLayers(
  filters: readonly number[], between: Between, kernelInitializer?: Initializer, made = (each: Layer): Layer => each,
): Layer[] {
  return filters.flatMap((units, i) => [
    made(conv2d({ filters: units, ...CONVOLUTION, ...initial(kernelInitializer) })), ...between(i),
  ])
}
