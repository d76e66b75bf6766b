// A run's pictures, as the bytes of PNG files.
import type { ImageDataset } from '../data/dataset.ts'
import { imageGrid } from '../formats/grid.ts'
import { interpolate } from '../models/interpolate.ts'
import { scaledImages } from '../train/images.ts'
import type { Model } from '../train/model.ts'
import { isModelKind, models } from './models.ts'
import { encodePng } from './png.ts'

interface SamplesOptions { count?: number, seed?: number, columns?: number }

/** `count` new images in a grid; the squarest one unless `columns` is given. */
export function samplesPng(model: Model, { count = 64, seed, columns }: SamplesOptions = {}): Uint8Array {
  return toPng(model, model.sample(count, { seed }), columns)
}

/** The images of `data` at `indices` over what the model makes of them: rows of originals and reconstructions in turn. */
export function reconstructionsPng(
  model: Model, data: ImageDataset, indices: readonly number[], { columns = 8 }: { columns?: number } = {},
): Uint8Array {
  const originals = scaledImages(data, indices)
  const made = model.reconstruct(originals)
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

interface WalkOptions { rows?: number, steps?: number, seed?: number }

/** `rows` walks of `steps` images, each from one seeded code to another. */
export function interpolationsPng(model: Model, { rows = 8, steps = 10, seed }: WalkOptions = {}): Uint8Array {
  const { kind } = model.definition
  const path = isModelKind(kind) ? models[kind].codes : 'linear'
  const ends = model.drawCodes(2 * rows, { seed })
  const size = ends.length / (2 * rows)
  const codes = new Float32Array(rows * steps * size)
  for (let row = 0; row < rows; row++) {
    const [a, b] = [2 * row, 2 * row + 1].map((i) => ends.subarray(i * size, (i + 1) * size)) as [Float32Array, Float32Array]
    codes.set(interpolate(a, b, { steps, path }), row * steps * size)
  }
  return toPng(model, model.decode(codes), steps)
}

function toPng(model: Model, images: Float32Array, columns?: number): Uint8Array {
  const shape = model.definition.imageShape as readonly [number, number, number]
  return encodePng(imageGrid(images, { shape, columns }))
}
