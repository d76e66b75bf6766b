// Averaged weights, where a run has them: every format takes those, and no others; a model that takes weights over begins its
// averages with them.
import { describe, expect, test } from 'vitest'
import { dcgan, gan } from '../../src/entries/index.ts'
import { exportModel, importWeights } from '../../src/export/index.ts'
import { LoadedModel } from '../../src/export/wasm/loaded.ts'
import { decodeNpz } from '../../src/formats/npz.ts'
import { decodeSafetensors, type SavedTensor } from '../../src/formats/safetensors.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'
import { hashOf } from './hash.ts'
import { trained } from './parts.ts'

type Bytes = Uint8Array<ArrayBuffer>
const definitions = {
  gan: () => gan({ hidden: 6, discriminatorHidden: 5, latent: 3, imageShape: [3, 5, 2], ema: 0.9 }),
  dcgan: () => dcgan({ filters: [3, 2], latent: 3, imageShape: [8, 8, 1], ema: 0.9 }),
}

describe.each(Object.keys(definitions) as (keyof typeof definitions)[])('a %s with averages', (kind) => {
  const model = trained(definitions[kind]())

  test('the weights are the averages, which are not those that are trained', async () => {
    const kept = (await model).weights()
    const [bytes] = (await exportModel(await model, 'npz', { part: 'decoder' })).values()
    const names = [...decodeNpz(bytes as Bytes).keys()]
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !name.startsWith('ema/generator/'))).toEqual([])
    const name = 'generator/dense/kernel'
    expect(kept.get(`ema/${name}`)!.data).not.toEqual(kept.get(name)!.data)
    const torch = decodeSafetensors((await exportModel(await model, 'safetensors')).get('model.safetensors') as Bytes).tensors
    expect([...torch.keys()].filter((each) => !each.startsWith('generator.'))).toEqual([])
    const [rows, columns] = kept.get(name)!.shape as [number, number]
    expect(torch.get('generator.dense.weight')!.data[columns > 1 ? rows : 1]).toBe(kept.get(`ema/${name}`)!.data[1])
  })

  test('the module draws what sample draws', async () => {
    const [bytes] = (await exportModel(await model, 'wasm')).values()
    const { instance } = await WebAssembly.instantiate(bytes as Bytes)
    expect(hashOf(new LoadedModel(instance).generate(5, 70))).toBe(hashOf((await model).sample(70, { seed: 5 })))
  })

  test.each(['pytorch', 'keras'] as const)('taken over from %s, weights and their averages are what came in', async (tool) => {
    const tensors = new Map<string, SavedTensor>()
    for (const part of ['decoder', 'discriminator'] as const) {
      const files = await exportModel(await model, 'safetensors', { part, for: tool })
      for (const [name, tensor] of decodeSafetensors(files.get('model.safetensors') as Bytes).tensors) tensors.set(name, tensor)
    }
    const fresh = await Model.create(runtime, definitions[kind](), { seed: 9 })
    expect(importWeights(fresh, tensors).from).toBe(tool)
    const [ours, theirs] = [(await model).weights(), fresh.weights()]
    for (const [name, { data }] of ours) {
      if (!name.startsWith('ema/')) continue
      expect(theirs.get(name)!.data, name).toEqual(data)
      expect(theirs.get(name.slice(4))!.data, name).toEqual(data)
    }
    expect(hashOf(fresh.sample(9, { seed: 5 }))).toBe(hashOf((await model).sample(9, { seed: 5 })))
  })
})
