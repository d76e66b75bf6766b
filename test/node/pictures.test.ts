// Pictures: what options they take, and that one too large is refused before anything is computed.
import { beforeAll, describe, expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, type ModelDefinition, vae } from '../../src/entries/index.ts'
import { cgan, cvae, vqVae } from '../../src/entries/models.ts'
import {
  decodePng, defineFor, interpolationsPng, loadRun, modelNames, prepareRunFolder, reconstructionsPng, samplesPng, scaledImages,
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
      "interpolationsPng: there is no option 'step'; it takes rows, steps, seed, label, toLabel, sameCode",
    ],
    [
      () => interpolationsPng(model(), { steps: 1 }), RangeError,
      'interpolationsPng: steps is 1, expected an integer of at least 2',
    ],
    [
      () => interpolationsPng(model(), { toLabel: 1 }), RangeError,
      'interpolationsPng: toLabel is given, and the vae has no classes; leave it out',
    ],
    [
      () => interpolationsPng(model(), { sameCode: true }), RangeError,
      'interpolationsPng: with sameCode the class alone changes; give toLabel too',
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

describe('walks between classes', () => {
  const [ROWS, STEPS, GAP, SCALE, SIDE] = [2, 5, 2, 3, 8]
  /** The images of walks, as their greys. */
  function imagesOf(file: Uint8Array): string[][] {
    const { rgba, width } = decodePng(file)
    const at = (row: number, column: number, i: number): number => {
      const [y, x] = [GAP + row * (SIDE * SCALE + GAP), GAP + column * (SIDE * SCALE + GAP)]
      return rgba[4 * ((y + SCALE * Math.floor(i / SIDE)) * width + x + SCALE * (i % SIDE))]!
    }
    const image = (row: number, column: number) => Array.from({ length: SIDE * SIDE }, (_, i) => at(row, column, i)).join()
    return Array.from({ length: ROWS }, (_, row) => Array.from({ length: STEPS }, (__, column) => image(row, column)))
  }
  const walk = (model: Model, more: object) => imagesOf(interpolationsPng(model, { rows: ROWS, steps: STEPS, ...more }))
  const options = { classes: 3, filters: 4, imageShape: [SIDE, SIDE, 1] } as const
  const create = async (definition: ModelDefinition) => Model.create(await createRuntime(), definition, { seed: 2 })

  test('begin with images of the one, and end with those of the other', async () => {
    const model = await create(cvae({ ...options, latent: 2, hidden: 8 }))
    const [from, to, same] = [walk(model, { label: 0 }), walk(model, { label: 2 }), walk(model, { label: 0, toLabel: 0 })]
    const walked = walk(model, { label: 0, toLabel: 2 })
    for (const row of [0, 1]) {
      expect(walked[row]![0]).toBe(from[row]![0])
      expect(walked[row]![STEPS - 1]).toBe(to[row]![STEPS - 1])
      expect(walked[row]![2]).not.toBe(from[row]![2])
      expect(new Set(walked[row]).size).toBe(STEPS)
    }
    expect(same).toEqual(from)
    // Without a first class each walk has its own.
    expect(walk(model, { toLabel: 2 })[1]![0]).toBe(walk(model, { label: 1 })[1]![0])
  })
  test('of one code change the class alone', async () => {
    const model = await create(cgan(options))
    const walked = walk(model, { label: 1, toLabel: 2, sameCode: true })
    const codes = model.drawCodes(2 * ROWS, { label: 1 })
    const size = codes.length / (2 * ROWS)
    for (const row of [0, 1]) {
      const ends = [1, 2].map((label) => model.decode(codes.slice(2 * row * size, (2 * row + 1) * size), { label }))
      const greys = ends.map((image) => Array.from(image, (x) => Math.floor(127.5 * (x + 1) + 0.5)).join())
      expect([walked[row]![0], walked[row]![STEPS - 1]]).toEqual(greys)
    }
  })
  test('of a decoder that is told no class lead from codes of the one to codes of the other', async () => {
    const model = await create(vqVae({ ...options, codeSide: 4, vectors: 5, depth: 3, priorUnits: 4, priorBlocks: 1 }))
    const [from, to, walked] = [{ label: 0 }, { label: 2 }, { label: 0, toLabel: 2 }].map((more) => walk(model, more))
    for (const row of [0, 1]) {
      expect([walked![row]![0], walked![row]!.at(-1)]).toEqual([from![row]![0], to![row]!.at(-1)])
    }
    expect(() => walk(model, { toLabel: 2, sameCode: true })).toThrow(new RangeError(
      'the decoder of a vq-vae is told no class: in a walk of one code nothing would change; let the code walk too'))
    expect(() => walk(model, { toLabel: 3 })).toThrow('label 1 is 3, expected a class number, an integer from 0 to 2')
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
