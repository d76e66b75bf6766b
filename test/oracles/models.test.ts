// The models as shipped against PyTorch in float64: losses, outputs, every gradient, and Adam's trajectory.
import { describe, expect, it } from 'vitest'
import { models as kinds } from '../../src/models/kinds.ts'
import { lcg } from '../golden/lcg.ts'
import { BoundModel, type Expected, KINDS, type OracleModel, readOracles } from './models.ts'

const small = [2, 2, 3] as const
/** The options of each model at the oracle's width. What is left out does not compile. */
const OPTIONS: Readonly<Record<'tiny' | 'models', Readonly<Record<OracleModel, object>>>> = {
  tiny: {
    autoencoder: { latent: 3, filters: [4, 5, 2] },
    vae: { latent: 3, hidden: 9, imageShape: small },
    gan: { latent: 5, hidden: 8, discriminatorHidden: 6, imageShape: small },
    dcgan: { latent: 5, filters: [4, 3], learningRate: 3e-4 },
    lsgan: { latent: 5, hidden: 8, discriminatorHidden: 6, imageShape: small },
  },
  models: { autoencoder: {}, vae: {}, gan: {}, dcgan: { learningRate: 3e-4 }, lsgan: {} },
}

/** Relative error of a loss. */
const LOSS = 1e-6
/** The same after training steps: Adam's first steps are ±η whatever a gradient's size, its rounding error's included. */
const TRAINED = 1e-5
/** Errors of outputs and gradients, relative to the tensor's largest element: sums of many terms cancel in f32. */
const TENSOR = 5e-6

/**
 * A bias before batch normalization changes nothing, so its gradient is 0 (PyTorch: 1e-17), and in f32 the rounding of a
 * sum that cancels: it is measured against the gradient of the kernel beside it.
 */
const CANCELLED: readonly string[] = ['D dc2.b', 'D gt1.b']

const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0)
const total = (values: ArrayLike<number>, f: (v: number, i: number) => number): number =>
  Array.from(values).reduce((s, v, i) => s + f(v, i), 0)

/** The worst error of all that the oracle says of a tensor, each relative to what its terms add up to. */
function errorOf(y: Float32Array, e: Expected): number {
  if ('values' in e) return largest(e.values.map((v, i) => y[i]! - v)) / largest(e.values)
  const r = lcg(777, y.length)
  return largest([
    ...e.samples.map(([at, v]) => (y[at]! - v) / e.maxabs),
    (total(y, (v) => v) - e.sum) / e.l1,
    total(y, Math.abs) / e.l1 - 1,
    Math.sqrt(total(y, (v) => v * v)) / e.l2 - 1,
    largest(y) / e.maxabs - 1,
    // The dot product with n uniform numbers is about √(1/3)·l2.
    (total(y, (v, i) => v * r[i]!) - e.dot777) / e.l2,
  ])
}

describe.each(['tiny', 'models'] as const)('PyTorch, %s.json', (file) => {
  const { models } = readOracles(file)
  describe.each(Object.keys(KINDS) as OracleModel[])('%s', (name) => {
    const kind = KINDS[name]
    const oracle = models[kind]
    const make = () => BoundModel.make(kind, oracle, kinds[name](OPTIONS[file][name]))

    it('losses, outputs, gradients', async () => {
      const { losses, outputs, grads } = (await make()).values()
      for (const [name, loss] of losses) expect(Math.abs(loss / oracle.losses[name]! - 1), `loss ${name}`).toBeLessThan(LOSS)
      expect([...outputs.keys()]).toEqual(Object.keys(oracle.outputs))
      for (const [name, y] of outputs) expect(errorOf(y, oracle.outputs[name]!), name).toBeLessThan(TENSOR)
      const expected = Object.assign({}, ...Object.values(oracle.grads)) as Record<string, Expected>
      expect(new Set(grads.keys())).toEqual(new Set(Object.keys(expected)))
      for (const [name, e] of Object.entries(expected)) {
        const g = grads.get(name)!
        const cancelled = CANCELLED.includes(`${kind} ${name}`)
        const error = cancelled ? largest(g) / largest(grads.get(name.replace('.b', '.w'))!) : errorOf(g, e)
        expect(error, `gradient of ${name}`).toBeLessThan(TENSOR)
      }
    })

    it('training steps', async () => {
      const { loss } = oracle.trajectory
      const ours = (await make()).trajectory(loss.length)
      loss.forEach((row, t) => [row].flat().forEach((l, i) => {
        expect(Math.abs(ours[t]![i]! / l - 1), `loss ${i} of step ${t + 1}: ${ours[t]![i]}, expected ${l}`).toBeLessThan(TRAINED)
      }))
    })
  })
})
