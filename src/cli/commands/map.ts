// `ganglion map RUN`: where the encoder puts images, and what the decoder makes of the places there.
import type { ImageDataset } from '../../data/dataset.ts'
import { GanglionError } from '../../errors.ts'
import { sizeOf } from '../../graph/tensor.ts'
import { scaledImages } from '../../train/batches.ts'
import type { Model } from '../../train/model.ts'
import { CLASS, labelOf } from '../classes.ts'
import { classesOf, fittingData } from '../data.ts'
import { codesOf, encoderOf, spread } from '../encoded.ts'
import { colourOf, mapPng, placesIn, type View, windowOf } from '../map/draw.ts'
import { type Places, placesOf } from '../map/places.ts'
import { choice, integer, seed } from '../options.ts'
import { sayData } from '../say_data.ts'
import { DATA, MAX_BYTES, pictureCommand } from './picture.ts'

/** Images that are encoded. */
const IMAGES = 3000

const options = {
  by: {
    value: 'HOW', help: 'how codes of more than two numbers become places: pca, their principal axes; or umap',
    read: choice('pca', 'umap'), initial: 'pca',
  },
  images: { value: 'N', help: 'how many images', read: integer(2, 10_000), initial: IMAGES },
  columns: { value: 'N', help: 'places beside each other', read: integer(2, 64), initial: 'some 640 pixels of them' },
  class: { ...CLASS, help: 'the class of what is decoded, of a model with classes', initial: 'the first' },
  seed: { value: 'N', help: 'where UMAP begins', read: seed, initial: 1 },
  data: DATA,
  'max-bytes': MAX_BYTES,
} as const

export const map = pictureCommand({
  name: 'map',
  summary: 'Draw a map of the codes: what lies where, and images by class',
  notes: [
    'To the left: what the decoder makes of each place; with --by umap, which has no way back, the image that lies nearest.',
    'To the right: images where their codes lie, coloured by class; the classes from top to bottom, with an image of each.',
  ],
  options,
  examples: [
    ['map runs/vae', 'into runs/vae/map.png'],
    ['map runs/vae --by umap', 'neighbours stay neighbours'],
  ],
  async draw({ config, model, folder }, { by = 'pca', images = IMAGES, columns, seed = 1, ...values }, io) {
    const { codeShape, imageShape, classes } = encoderOf(model, 'be mapped', 'train another model')
    const label = classes === undefined ? labelOf(values.class, model, config) : labelOf(values.class, model, config) ?? 0
    const { data } = await fittingData(values.data, config, folder, model, values['max-bytes'])
    sayData(data, io, true)
    const rows = spread(data.count, images)
    if (rows.length < 2) throw new GanglionError(`"${data.name}" has ${data.count} image, and a map needs two; give more`)
    const places = await placesOf(codesOf(model, data, rows), sizeOf(codeShape), by, seed)
    const window = windowOf(places.xy, imageShape, columns)
    const labels = data.labels && rows.map((i) => data.labels![i]!)
    const shown = places.codeAt ? decoded(model, places.codeAt, window, label) : nearest(data, rows, places, window)
    io.stdout.write(`${places.what}; ${rows.length} images of ${data.name}\n`)
    const count = labels ? classesOf(data)! : 0
    const names = config.data?.classNames ?? (data as { classNames?: readonly string[] }).classNames
    for (let k = 0; k < count; k++) io.stdout.write(`${colourOf(k)}  ${names?.[k] ?? k}\n`)
    const examples = Array.from({ length: count }, (_, k) => example(data, rows, places, labels!, k))
    return mapPng({ window, shape: imageShape, images: shown, xy: places.xy, labels, examples })
  },
})

/** What the decoder makes of each place. */
function decoded(
  model: Model, codeAt: NonNullable<Places['codeAt']>, window: View, label: number | undefined,
): Float32Array[] {
  const codes = [...placesIn(window)].map(([x, y]) => codeAt(x, y))
  const all = new Float32Array(codes.length * codes[0]!.length)
  codes.forEach((code, i) => all.set(code, i * code.length))
  return cut(model.decode(all, label === undefined ? {} : { label }), codes.length)
}

/** Of each place the image that lies nearest, where one is within its square. */
function nearest(data: ImageDataset, rows: readonly number[], { xy }: Places, window: View): (Float32Array | undefined)[] {
  const [dx, dy] = window.half.map((half) => half / window.columns) as [number, number]
  return [...placesIn(window)].map(([x, y]) => {
    const distances = rows.map((_, i) => Math.max(Math.abs(xy[2 * i]! - x) / dx, Math.abs(xy[2 * i + 1]! - y) / dy))
    const best = distances.reduce((least, d, i) => (d < distances[least]! ? i : least), 0)
    return distances[best]! <= 1 ? scaledImages(data, [rows[best]!]) : undefined
  })
}

/** The image of a class that lies nearest to the middle of its places. */
function example(
  data: ImageDataset, rows: readonly number[], { xy }: Places, labels: readonly number[], label: number,
): Float32Array | undefined {
  const own = rows.map((_, i) => i).filter((i) => labels[i] === label)
  if (!own.length) return undefined
  const [x, y] = [0, 1].map((axis) => own.reduce((sum, i) => sum + xy[2 * i + axis]!, 0) / own.length) as [number, number]
  const distance = (i: number): number => {
    const [dx, dy] = [xy[2 * i]! - x, xy[2 * i + 1]! - y]
    return dx * dx + dy * dy
  }
  return scaledImages(data, [rows[own.reduce((best, i) => (distance(i) < distance(best) ? i : best))]!])
}

const cut = (images: Float32Array, count: number): Float32Array[] => {
  const size = images.length / count
  return Array.from({ length: count }, (_, i) => images.subarray(i * size, (i + 1) * size))
}
