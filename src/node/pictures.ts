// A run's pictures, as the bytes of PNG files. What would be too large is refused before anything is computed.
import type { ImageDataset } from '../data/dataset.ts'
import { imageGrid } from '../formats/grid.ts'
import { sizeOf } from '../graph/tensor.ts'
import { interpolate } from '../models/interpolate.ts'
import {
  check, complete, count as countRule, flag, type Given, isNumbers, option, rule, seed as seedRule, whole,
} from '../options.ts'
import { checkData } from '../data/dataset.ts'
import { scaledImages } from '../train/batches.ts'
import { readsLabels } from '../train/inference.ts'
import type { Model } from '../train/model.ts'
import { modelRule, stepsRule } from './options.ts'
import { encodePng } from './png.ts'

/** Pixels along each side of an image's pixel, and between images. */
const [SCALE, GAP] = [3, 2]
/** What a picture may take, in bytes: 18,000 images of MNIST. Drawing and packing one take some five times that. */
const MOST_BYTES = 2 ** 27

const SAMPLES = {
  /** Default 64. */
  count: option(countRule, 64),
  /** What they are drawn from. Default: the model's seed. */
  seed: seedRule,
  /** Images in a row. Default: the squarest grid. */
  columns: countRule,
  /** The class of all, of a model with classes. Default: each in turn. */
  label: whole,
}

/**
 * `count` new images in a grid; the squarest one unless `columns` is given.
 * @throws TypeError, RangeError for options that are not as described, or more images than a picture has room for
 * @example
 * await writeFileAtomic('samples.png', samplesPng(model, { count: 16, columns: 8 }))
 */
export function samplesPng(model: Model, options: Given<typeof SAMPLES> = {}): Uint8Array {
  check('samplesPng', 'model', model, modelRule)
  const { count, seed, columns, label } = complete('samplesPng', options, SAMPLES)
  const most = mostSamples(model, columns)
  if (count > most) throw tooMany(`${count} images`, model, `${most}`)
  return toPng(model, model.sample(count, { seed, label }), columns)
}

/**
 * The images of codes in a grid.
 * @throws RangeError where they are more than a picture has room for
 */
export function decodedPng(
  model: Model, codes: Float32Array, { seed, columns, label }: Omit<Given<typeof SAMPLES>, 'count'>,
): Uint8Array {
  const { codeShape, classes } = model.definition
  const count = codes.length / sizeOf(codeShape)
  const most = mostSamples(model, columns)
  if (count > most) throw tooMany(`${count} images`, model, `${most}`)
  const labels = classes === undefined ? {} : { labels: Array.from({ length: count }, (_, i) => label ?? i % classes) }
  return toPng(model, model.decode(codes, { seed, ...labels }), columns)
}

/** The most images that a picture of samples has room for; one is always drawn. */
export const mostSamples = (model: Model, columns?: number): number =>
  largest((n) => fits(model, n, Math.min(n, columns ?? Math.ceil(Math.sqrt(n)))))

const RECONSTRUCTIONS = {
  /** Images in a row. Default 8. */
  columns: option(countRule, 8),
}
const INDICES = rule('a list of numbers of images, at least one', isNumbers, (x) => x.length > 0)

/**
 * The images of `data` at `indices` over what the model makes of them: rows of originals and reconstructions in turn.
 * @throws TypeError, RangeError for indices or options that are not as described, or more than a picture has room for
 * @example
 * await writeFileAtomic('reconstructions.png', reconstructionsPng(model, digits, [0, 1, 2, 3]))
 */
export function reconstructionsPng(
  model: Model, data: ImageDataset, indices: readonly number[], options: Given<typeof RECONSTRUCTIONS> = {},
): Uint8Array {
  check('reconstructionsPng', 'model', model, modelRule)
  checkData('reconstructionsPng', data)
  check('reconstructionsPng', 'indices', indices, INDICES)
  const { columns } = complete('reconstructionsPng', options, RECONSTRUCTIONS)
  const most = mostPairs(model, columns)
  if (indices.length > most) throw tooMany(`${indices.length} images and their reconstructions`, model, `${most}`)
  const originals = scaledImages(data, indices)
  const { kind } = model.definition
  const { labels } = data
  const told = readsLabels(model.definition, 'encode') || readsLabels(model.definition, 'decode')
  if (told && !labels) {
    throw new RangeError(`a ${kind} needs labels to reconstruct, and "${data.name}" has none; give data with labels`)
  }
  const made = model.reconstruct(originals, told ? { labels: indices.map((i) => labels![i]!) } : {})
  const size = originals.length / indices.length
  const width = Math.min(columns, indices.length)
  const rows = Math.ceil(indices.length / width)
  const grid = new Float32Array(2 * rows * width * size).fill(-1)
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * width * size, (row + 1) * width * size]
    grid.set(originals.subarray(from, to), 2 * from)
    grid.set(made.subarray(from, to), from + to)
  }
  return toPng(model, grid, width)
}

/** The most images that a picture of reconstructions has room for; one is always drawn. */
export const mostPairs = (model: Model, columns = 8): number =>
  largest((n) => {
    const width = Math.min(n, columns)
    return fits(model, 2 * Math.ceil(n / width) * width, width)
  })

const WALKS = {
  /** Default 8. */
  rows: option(countRule, 8),
  /** Images of a walk, both ends included. Default 10. */
  steps: option(stepsRule, 10),
  /** What the ends are drawn from. Default: the model's seed. */
  seed: seedRule,
  /** The class of all, of a model with classes. Default: a class a walk, each in turn. */
  label: whole,
  /** The class that walks end with, where they begin with `label`. Default: the same. */
  toLabel: whole,
  /** Whether a walk keeps its first code, so that the class alone changes. Default false. */
  sameCode: option(flag, false),
}

/**
 * `rows` walks of `steps` images, each from one seeded code to another, and with `toLabel` from one class to another, by weights
 * of both.
 * @throws TypeError, RangeError for options that are not as described, or more images than a picture has room for
 * @example
 * await writeFileAtomic('walk.png', interpolationsPng(model, { rows: 2, steps: 8 }))
 */
export function interpolationsPng(model: Model, options: Given<typeof WALKS> = {}): Uint8Array {
  check('interpolationsPng', 'model', model, modelRule)
  const { rows, steps, seed, label, toLabel, sameCode } = complete('interpolationsPng', options, WALKS)
  checkWalk(model, toLabel, sameCode)
  const { classes } = model.definition
  const labelsOf = (each: number): number[] | undefined => (classes === undefined ? undefined
    : Array.from({ length: rows * each }, (_, i) => label ?? Math.floor(i / each) % classes))
  // A walk of two is always drawn.
  if (!fits(model, rows * steps, steps) && rows * steps > 2) {
    const most = fits(model, steps, steps) ? walks(largest((n) => fits(model, n * steps, steps)), steps)
      : walks(1, Math.max(2, largest((n) => fits(model, n, n))))
    throw tooMany(walks(rows, steps), model, most)
  }
  // Codes that are not made of the noise are the noise: standard normal.
  const path = model.definition.sampleCodes || sameCode ? 'linear' : 'gaussian'
  const labels = labelsOf(2)?.map((own, i) => (i % 2 ? toLabel ?? own : own))
  const ends = model.drawCodes(2 * rows, { seed, labels, label: labels ? undefined : label })
  const size = ends.length / (2 * rows)
  const codeAt = (i: number): Float32Array => ends.subarray(i * size, (i + 1) * size)
  const codes = new Float32Array(rows * steps * size)
  for (let row = 0; row < rows; row++) {
    codes.set(interpolate(codeAt(2 * row), codeAt(2 * row + Number(!sameCode)), { steps, path }), row * steps * size)
  }
  const told = toLabel === undefined ? { labels: labelsOf(steps) } : { classWeights: betweenClasses(labels!, steps, classes!) }
  return toPng(model, model.decode(codes, told), steps)
}

/** @throws RangeError where no class changes, or nothing would change with it */
function checkWalk({ definition }: Model, toLabel: number | undefined, sameCode: boolean): void {
  const { kind, classes } = definition
  if (toLabel !== undefined && classes === undefined) {
    throw new RangeError(`interpolationsPng: toLabel is given, and the ${kind} has no classes; leave it out`)
  }
  if (!sameCode) return
  if (toLabel === undefined) throw new RangeError('interpolationsPng: with sameCode the class alone changes; give toLabel too')
  if (!readsLabels(definition, 'decode')) {
    throw new RangeError(`the decoder of a ${kind} is told no class: in a walk of one code nothing would change; ` +
      'let the code walk too')
  }
}

/** Weights of classes [walks · steps, classes], of walks whose first and last class `ends` has in turn. */
function betweenClasses(ends: readonly number[], steps: number, classes: number): Float32Array {
  const oneHot = (label: number) => Float32Array.from({ length: classes }, (_, k) => Number(k === label))
  const weights = new Float32Array((ends.length / 2) * steps * classes)
  for (let i = 0; i < ends.length; i += 2) {
    weights.set(interpolate(oneHot(ends[i]!), oneHot(ends[i + 1]!), { steps }), (i / 2) * steps * classes)
  }
  return weights
}

const walks = (rows: number, steps: number): string => `${rows} walk${rows === 1 ? '' : 's'} of ${steps} images`

const shapeOf = (model: Model) => model.definition.imageShape as readonly [height: number, width: number, channels: number]

/** Whether a picture has room for `count` images, `columns` in a row. */
function fits(model: Model, count: number, columns: number): boolean {
  const [h, w, c] = shapeOf(model)
  const [height, width] = [GAP + Math.ceil(count / columns) * (h * SCALE + GAP), GAP + columns * (w * SCALE + GAP)]
  return height * width * c <= MOST_BYTES
}

/** The largest n, at least 1, of those that pass; all below one that passes do. */
function largest(passes: (n: number) => boolean): number {
  let [low, high] = [1, 2]
  while (passes(high)) [low, high] = [high, 2 * high]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (passes(middle)) low = middle
    else high = middle
  }
  return low
}

const tooMany = (what: string, model: Model, most: string): RangeError => new RangeError(
  `${what} of ${shapeOf(model).join('x')} are more than a picture of ${MOST_BYTES / 2 ** 20} MiB has room for; ` +
  `ask for ${most} at most`,
)

function toPng(model: Model, images: Float32Array, columns?: number): Uint8Array {
  return encodePng(imageGrid(images, { shape: shapeOf(model), columns, scale: SCALE, gap: GAP }))
}
