// Random changes of images: what they may do to an image, that each image has its own, and that training is by them alone.
import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/leaves.ts'
import { AUGMENTATIONS, changesOf, DIFFERENTIABLE } from '../../src/models/augment.ts'
import { augmented } from '../../src/models/augmented.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import { Pass } from '../../src/nn/layer.ts'
import { evaluate, newSession } from '../harness.ts'
import { newModel, trained } from '../train/data.ts'
import { picturesOf } from './sizes.ts'

const [rows, side] = [24, 8]
const shape = [rows, side, side, 1]
/** A point of light in each image, at (2, 3), on black. */
const points = Float32Array.from({ length: rows * side * side }, (_, i) => (i % 64 === 2 * side + 3 ? 1 : -1))

async function changed(name: string, table: Readonly<Record<string, never>>): Promise<Float32Array[]> {
  const change = changesOf(name, table)
  const [y] = evaluate(await newSession(), [shape], (x) => [change(x, new Pass(true))], [points])
  return Array.from({ length: rows }, (_, i) => y!.subarray(i * 64, (i + 1) * 64))
}
const lights = (image: Float32Array): string => [...image].flatMap((v, i) => (v > 0.5 ? [`${i >> 3},${i & 7}`] : [])).join(' ')
const all = { ...AUGMENTATIONS, ...DIFFERENTIABLE } as never

describe('each image is changed by itself', () => {
  it('flip: mirrored or not', async () => {
    expect(new Set((await changed('flip', all)).map(lights))).toEqual(new Set(['2,3', '2,4']))
  })
  it.each(['shift', 'translation'])('%s: by up to an eighth, one here, along both axes', async (name) => {
    const places = new Set((await changed(name, all)).map(lights))
    expect([...places].every((place) => /^[123],[234]$/.test(place)), [...places].join('; ')).toBe(true)
    expect(places.size).toBeGreaterThan(4)
  })
  it('shift: edges are repeated; translation: what comes in is 0', async () => {
    expect((await changed('shift', all)).every((image) => image.every((v) => v === -1 || v === 1))).toBe(true)
    expect((await changed('translation', all)).some((image) => image.includes(0))).toBe(true)
  })
  it('cutout: a hole of half the sides or less, of zeros', async () => {
    const holes = (await changed('cutout', all)).map((image) => image.filter((v) => v === 0).length)
    expect(Math.max(...holes)).toBeLessThanOrEqual(25)
    expect(Math.min(...holes)).toBeGreaterThan(0)
    expect(new Set(holes).size).toBeGreaterThan(2)
  })
  it.each(['crop', 'noise', 'color'])('%s: finite, and no two alike', async (name) => {
    const images = await changed(name, all)
    expect(images.every((image) => image.every(Number.isFinite))).toBe(true)
    expect(new Set(images.map((image) => image.join())).size).toBeGreaterThan(name === 'crop' ? 2 : rows - 1)
  })
})

describe('augmented', () => {
  const data = picturesOf('smooth', 12, [8, 8, 1])
  it('trains on other images, the same for the same seed, and judges as before', async () => {
    const define = () => vae({ hidden: 8, latent: 2, imageShape: [8, 8, 1] })
    const digestOf = async (definition: ReturnType<typeof define>) => {
      const model = await newModel(definition)
      const before = model.evaluate(data)
      await trained(model, data, { batchSize: 4, epochs: 2 })
      return [await model.digest(), before] as const
    }
    const [plain, figures] = await digestOf(define())
    const [first, judged] = await digestOf(augmented(define(), 'flip,shift'))
    expect(first).not.toBe(plain)
    expect(judged).toEqual(figures)
    expect((await digestOf(augmented(define(), 'flip,shift')))[0]).toBe(first)
  })
  it('changes all batches of a step', () => {
    const batches = [0, 1].map((i) => ({ images: input(`images${i}`, [2, 8, 8, 1]) }))
    const pass = new Pass(true, undefined, batches)
    const seen: unknown[] = []
    const definition = gan({ imageShape: [8, 8, 1], hidden: 4, discriminatorHidden: 4, criticSteps: 2 })
    augmented({ ...definition, train: (_, { batches: given }) => {
      seen.push(...given.map(({ images }) => images))
      return []
    } }, 'flip').train(batches[0]!, pass)
    expect(seen.length).toBe(2)
    for (const { images } of batches) expect(seen).not.toContain(images)
  })
  it('refuses changes that there are not', () => {
    expect(() => augmented(vae(), 'flip,spin')).toThrow(new RangeError(
      "augmented: the changes is 'flip,spin', expected some of flip, shift, crop, noise, color, with commas between"))
  })
})
