// The default batch: a model's own for the images that the models' recipes are of, and less for larger ones.
import { expect, it } from 'vitest'
import { batchSizeFor, batchSizeWithin } from '../../src/models/batch_size.ts'
import { models } from '../../src/models/kinds.ts'

it.each([
  [[28, 28, 1], 128], [[32, 32, 3], 128], [[63, 64, 3], 128], [[64, 64, 1], 64], [[64, 64, 3], 64], [[32, 128, 1], 64],
  [[127, 127, 3], 64], [[128, 128, 3], 32], [[256, 256, 3], 16], [[512, 512, 3], 8], [[2048, 2048, 1], 8],
] as const)('of %j: %i', (shape, batchSize) => expect(batchSizeFor(shape)).toBe(batchSize))

it('is no more than the model takes, and that of small images, however large', () => {
  const { batchSize } = models['wgan-gp']
  expect(batchSize).toBe(32)
  const sizes = [28, 64, 128, 256].map((side) => batchSizeFor([side, side, 3], batchSize))
  expect(sizes).toEqual([32, 32, 32, 16])
  expect(batchSizeFor([28, 28, 1], 500)).toBe(500)
  expect(batchSizeFor([64, 64, 1], 500)).toBe(64)
})

it.each([
  [1000, 1, 1, 128], [100, 1, 1, 100], [100, 3, 1, 33], [100, 3, 4, 8], [2, 3, 1, 1],
])('of %i images, in steps of %i batches of %i micro-batches: %i', (count, batchesPerStep, accumulate, size) => {
  expect(batchSizeWithin(count, { imageShape: [28, 28, 1], batchesPerStep }, undefined, accumulate)).toBe(size)
})
