// Pictures: what options they take, and that one too large is refused before anything is computed.
import { beforeAll, describe, expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, vae } from '../../src/entries/index.ts'
import {
  defineFor, interpolationsPng, loadRun, modelNames, prepareRunFolder, reconstructionsPng, samplesPng, scaledImages,
} from '../../src/node/index.ts'

let [small, large]: Model[] = []
const data = imageDataset({ images: new Uint8Array(2 * 12), shape: [2, 2, 3] })
beforeAll(async () => {
  const runtime = await createRuntime()
  const define = (side: number) => vae({ latent: 2, hidden: 2, imageShape: [side, side, 3] })
  small = await Model.create(runtime, define(2))
  large = await Model.create(runtime, define(800))
})

describe('options that are not known or wrong', () => {
  const model = () => small!
  test.each([
    [
      () => samplesPng(model(), { cnt: 3 } as never), RangeError,
      "samplesPng: there is no option 'cnt'; it takes count, seed, columns, label",
    ],
    [
      () => samplesPng(model(), 3), TypeError,
      'samplesPng: the options are 3, expected an object with count, seed, columns, label',
    ],
    [() => samplesPng(model(), { count: 0 }), RangeError, 'samplesPng: count is 0, expected a positive integer'],
    [() => samplesPng(model(), { seed: -1 }), RangeError, 'samplesPng: seed is -1, expected an integer from 0 to 2^53 - 1'],
    [
      () => interpolationsPng(model(), { step: 3 } as never), RangeError,
      "interpolationsPng: there is no option 'step'; it takes rows, steps, seed, label",
    ],
    [
      () => interpolationsPng(model(), { steps: 1 }), RangeError,
      'interpolationsPng: steps is 1, expected an integer of at least 2',
    ],
    [
      () => reconstructionsPng(model(), data, [0], { columns: 1.5 }), RangeError,
      'reconstructionsPng: columns is 1.5, expected a positive integer',
    ],
    [
      () => reconstructionsPng(model(), data, [2]), RangeError,
      'scaledImages: index 2 is of no image, expected an integer from 0 to 1',
    ],
    [() => scaledImages(data, [0, -1]), RangeError, 'scaledImages: index -1 is of no image, expected an integer from 0 to 1'],
    [() => scaledImages(data, [1.5]), RangeError, 'scaledImages: index 1.5 is of no image, expected an integer from 0 to 1'],
    [
      () => defineFor([2, 2, 1], 'vea' as never), RangeError,
      `defineFor: there is no 'vea', expected ${modelNames.join(', ')}`,
    ],
    [
      () => loadRun('x', { stat: true } as never), RangeError,
      "loadRun: there is no option 'stat'; it takes runtime, state, define",
    ],
    [
      () => loadRun('x', { runtime: {} as never }), TypeError,
      'loadRun: runtime is an Object, expected what createRuntime gives',
    ],
    [
      () => prepareRunFolder('x', { forse: true } as never), RangeError,
      "prepareRunFolder: there is no option 'forse'; it takes force",
    ],
  ] as const)('%#', async (call, Kind, message) => {
    await expect((async () => call())()).rejects.toThrow(new Kind(message))
  })
})

describe('more images than a picture has room for', () => {
  const refuses = (call: () => unknown, what: string, most: string, shape: string) => expect(call)
    .toThrow(new RangeError(`${what} of ${shape} are more than a picture of 128 MiB has room for; ask for ${most} at most`))
  /** Width and height, as the file's header has them. */
  const size = (file: Uint8Array) => [16, 20].map((at) => new DataView(file.buffer, file.byteOffset).getUint32(at))

  test('samples: the largest that fits is drawn', () => {
    refuses(() => samplesPng(large!, { count: 64 }), '64 images', '6', '800x800x3')
    expect(size(samplesPng(large!, { count: 6 }))).toEqual([2 + 3 * 2402, 2 + 2 * 2402])
    refuses(() => samplesPng(small!, { count: 1e9 }), '1000000000 images', '698060', '2x2x3')
    refuses(() => samplesPng(large!, { count: 8, columns: 1 }), '8 images', '7', '800x800x3')
  })

  test('walks: fewer of them, or shorter ones', () => {
    refuses(() => interpolationsPng(large!), '8 walks of 10 images', '1 walk of 7 images', '800x800x3')
    refuses(() => interpolationsPng(large!, { steps: 3 }), '8 walks of 3 images', '2 walks of 3 images', '800x800x3')
    const million = () => interpolationsPng(small!, { steps: 1000, rows: 1e6 })
    refuses(million, '1000000 walks of 1000 images', '698 walks of 1000 images', '2x2x3')
    expect(size(interpolationsPng(large!, { steps: 2, rows: 1 }))).toEqual([2 + 2 * 2402, 2 + 2402])
  })

  test('pairs', () => {
    const many = imageDataset({ images: new Uint8Array(5 * 800 * 800 * 3), shape: [800, 800, 3] })
    refuses(() => reconstructionsPng(large!, many, [0, 1, 2, 3]), '4 images and their reconstructions', '3', '800x800x3')
  })
})
