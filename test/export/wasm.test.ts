// Exported modules: the bits of `sample` in all models of the registry, sizes, memory, what is refused.
import { beforeAll, describe, expect, it } from 'vitest'
import { exportModel, type Part } from '../../src/export/index.ts'
import { graphOf, programOf } from '../../src/export/part.ts'
import { LoadedModel } from '../../src/export/wasm/loaded.ts'
import { input, isConstant, isVariable } from '../../src/graph/leaves.ts'
import { topological } from '../../src/graph/walk.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { vae } from '../../src/models/vae.ts'
import { Pass } from '../../src/nn/layer.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'
import { conditional } from './conditional.ts'
import { hashOf } from './hash.ts'

const small = (kind: keyof typeof models, seed = 5) =>
  Model.create(runtime, models[kind](models[kind].verify.options), { seed })
type Options = Parameters<typeof exportModel<'wasm'>>[2]
const moduleOf = async (model: Model, options: Options = {}): Promise<Uint8Array<ArrayBuffer>> =>
  [...(await exportModel(model, 'wasm', options)).values()][0] as Uint8Array<ArrayBuffer>
const load = async (bytes: Uint8Array<ArrayBuffer>) => (await WebAssembly.instantiate(bytes)).instance
const loaded = async (model: Model, options?: Options) =>
  new LoadedModel(await load(await moduleOf(model, options)))

describe.each(modelNames)('the %s', (kind) => {
  let model: Model
  let exported: LoadedModel
  let bytes: Uint8Array<ArrayBuffer>
  beforeAll(async () => {
    model = await small(kind)
    bytes = await moduleOf(model)
    exported = new LoadedModel(await load(bytes))
  })

  const draws = [[1, 7], [3, 7], [64, 0], [70, 2 ** 40 + 3], [130, 5]] as const
  it.each(draws)('draws %i images of the seed %i as sample does', (count, seed) => {
    expect(hashOf(exported.generate(seed, count))).toBe(hashOf(model.sample(count, { seed })))
    expect(hashOf(exported.codes(seed, count))).toBe(hashOf(model.drawCodes(count, { seed })))
  })
  it('decodes, whatever ran before', () => {
    const codes = model.drawCodes(5, { seed: 3 })
    // One class, where there are classes.
    const options = model.definition.classes ? { label: 1 } : {}
    if (model.definition.classes) exported.label = 1
    expect(hashOf(exported.decode(codes))).toBe(hashOf(model.decode(codes, options)))
  })
  it('imports nothing, and exports what is promised', () => {
    const module = new WebAssembly.Module(bytes)
    expect(WebAssembly.Module.imports(module)).toEqual([])
    const names = WebAssembly.Module.exports(module).map(({ name }) => name)
    const chosen = model.definition.classes === undefined ? [] : ['setClass']
    expect(names.sort()).toEqual(['alloc', 'codes', 'decode', 'generate', 'info', 'memory', ...chosen])
  })
  it('leaves weights behind that are not of the part', () => {
    const graph = graphOf(model.definition, 'generator', 64, { drawn: true })
    const { sampleCodes, codeShape, classes } = model.definition
    const labels = classes === undefined ? undefined : input('labels', [2])
    const codes = sampleCodes?.(input('noise', [2, ...codeShape]), labels, new Pass(false))
    const wanted = [...graphOf(model.definition, 'decoder', 2).variables, ...topological(codes ? [codes] : []).filter(isVariable)]
    expect(new Set(graph.variables)).toEqual(new Set(wanted))
    expect(graph.variables.length).toBeLessThan(model.session.variables.length)
    const held = [...graph.variables, ...topological([...graph.outputs.values()]).filter(isConstant)]
    const size = held.reduce((n, t) => n + 4 * t.size, 0)
    const tape = programOf(graph).tape.words.byteLength
    expect(bytes.length).toBeLessThan(size + tape + 24_000)
    expect(bytes.length).toBeGreaterThan(size)
  })
  it('says what it is', async () => {
    expect(exported.info).toMatchObject({
      kind, part: 'generator', seed: 5, digest: await model.digest(), imageShape: model.definition.imageShape, weights: 'float32',
    })
  })
})

describe.each(['autoencoder', 'vae'] as const)("the %s's encoder", (kind) => {
  it('encodes', async () => {
    const model = await small(kind)
    const images = model.sample(66, { seed: 9 })
    const codes = model.encode(images)
    for (const part of ['encoder', 'autoencoder'] satisfies Part[]) {
      const exported = await loaded(model, { part })
      expect(hashOf(exported.encode(images))).toBe(hashOf(codes))
      if (part === 'autoencoder') expect(hashOf(exported.decode(codes))).toBe(hashOf(model.decode(codes)))
    }
  })
})

describe.each(['gan', 'dcgan'] as const)("the %s's discriminator", (kind) => {
  it('scores', async () => {
    const model = await small(kind)
    const images = model.sample(64, { seed: 9 })
    const { outputs } = graphOf(model.definition, 'discriminator', 64)
    const fn = model.session.compile({ group: 'test', stages: [{ outputs: Object.fromEntries(outputs) }] })
    fn.feed('images', images).run(1)
    const scores = (await loaded(model, { part: 'discriminator' })).score(images)
    expect(hashOf(scores)).toBe(hashOf(fn.read('scores')))
  })
})

describe('the default VAE', () => {
  let model: Model
  beforeAll(async () => { model = await Model.create(runtime, vae()) })

  it.each([['float32', {}, 1.4e6], ['float16', { float16: true }, 0.75e6], ['int8', { quantize: 'int8' }, 0.4e6]] as const)(
    'its decoder is small: %s', async (_, options, most) => {
      const bytes = await moduleOf(model, { ...options, part: 'decoder' })
      expect(bytes.length).toBeLessThan(most)
      expect(codeBytes(bytes)).toBeLessThan(12_000)
    })
  it('its half floats and bytes are near', async () => {
    const exact = model.sample(8, { seed: 2 })
    const distance = async (options: object) => {
      const images = (await loaded(model, options)).generate(2, 8)
      return Math.max(...images.map((x, i) => Math.abs(x - exact[i]!)))
    }
    const [half, byte] = [await distance({ float16: true }), await distance({ quantize: 'int8' })]
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(1e-3)
    expect(byte).toBeGreaterThan(half)
    expect(byte).toBeLessThan(2e-2)
  })
  it('is the same file each time', async () => {
    expect(hashOf(await moduleOf(model))).toBe(hashOf(await moduleOf(model)))
  })
})

it('its memory stays flat over 10,000 calls, of changing sizes', async () => {
  const model = await Model.create(runtime, vae({ hidden: 8, latent: 2, imageShape: [4, 4, 1] }))
  const { exports } = await load(await moduleOf(model, { part: 'generator' }))
  const { memory, alloc, generate, codes, decode } = exports as unknown as
    { memory: WebAssembly.Memory } & Record<string, (...args: number[]) => number>
  let settled = 0
  for (let i = 0; i < 10_000; i++) {
    const count = 1 + (i * 37) % 100
    if (i % 4 === 0) alloc!(count * 8)
    else if (i % 4 === 1) generate!(i, 0, count)
    else expect(decode!(codes!(i, 0, count), count)).toBeGreaterThan(0)
    if (i === 1000) settled = memory.buffer.byteLength
  }
  expect(memory.buffer.byteLength).toBe(settled)
})

it('says 0 where memory is at its end, and goes on', async () => {
  const model = await Model.create(runtime, vae({ hidden: 8, latent: 2, imageShape: [4, 4, 1] }))
  const { exports } = await load(await moduleOf(model))
  const { generate, alloc } = exports as unknown as Record<string, (...args: number[]) => number>
  expect(generate!(1, 0, -1)).toBe(0)
  expect(alloc!(-1)).toBe(0)
  expect(generate!(1, 0, 3)).toBeGreaterThan(0)
})

describe('a model with classes', () => {
  it('draws each class in turn, or one', async () => {
    const model = await Model.create(runtime, conditional())
    const bytes = await moduleOf(model, { classNames: ['red', 'green', 'blue'] })
    const exported = new LoadedModel(await load(bytes))
    expect(exported.info).toMatchObject({ classes: 3, classNames: ['red', 'green', 'blue'] })
    expect(hashOf(exported.generate(4, 70))).toBe(hashOf(model.sample(70, { seed: 4 })))
    exported.label = 2
    expect(hashOf(exported.generate(4, 70))).toBe(hashOf(model.sample(70, { seed: 4, label: 2 })))
    const codes = model.drawCodes(2)
    expect(hashOf(exported.decode(codes))).toBe(hashOf(model.decode(codes, { label: 2 })))
    exported.label = 3
    expect(hashOf(exported.generate(4, 5))).toBe(hashOf(model.sample(5, { seed: 4 })))
  })
})

describe('refused in a sentence', () => {
  it.each([
    [{ float16: true, quantize: 'int8' }, 'float16 and quantize are given'],
    [{ component: true, extism: true }, 'component and extism are given'],
    [{ part: 'discriminator' }, 'no discriminator'],
  ] as const)('%j', async (options, message) => {
    await expect(exportModel(await small('vae'), 'wasm', options)).rejects.toThrow(message)
  })
  it('a weight that is too large for a half float', async () => {
    const model = await small('vae')
    const name = [...model.weights().keys()].find((each) => each.startsWith('decoder') && each.endsWith('kernel'))!
    const { shape, data } = model.weights().get(name)!
    model.loadWeights(new Map([...model.weights(), [name, { shape, data: data.map(() => 70_000) }]]))
    await expect(exportModel(model, 'wasm', { float16: true })).rejects.toThrow(/has the weight 70000, and half floats end at 65504/)
  })
})

/** Bytes of the section of code. */
function codeBytes(bytes: Uint8Array): number {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++]!
    let size = 0
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[at++]!
      size |= (byte & 127) << shift
      more = byte > 127
    }
    if (id === 10) return size
    at += size
  }
  return 0
}
