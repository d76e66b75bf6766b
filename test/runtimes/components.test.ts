// Exported components in jco, exported plugins in Extism: every function of every part of every model draws and computes the bits
// that the model does, models with classes and images of odd sizes too.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transpileBytes } from '@bytecodealliance/jco-transpile'
import createPlugin from '@extism/extism'
import { afterAll, describe, expect, test } from 'vitest'
import { exportModel, type Part, partsOf } from '../../src/export/index.ts'
import { graphOf } from '../../src/export/part.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { vae } from '../../src/models/vae.ts'
import { conv2d, conv2dTranspose, dense, flatten, reshape } from '../../src/nn/layers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { Model } from '../../src/train/model.ts'
import { conditional } from '../export/conditional.ts'
import { hashOf } from './lib/standalone.ts'

const COUNT = 70
const SEED = 7 + 2 ** 32
const runtime = await createRuntime()

/** Convolutions over 7 × 5 × 3, a kernel that is smaller than its stride among them. */
function odd(): ModelDefinition {
  const encoder = sequential('encoder', [
    conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }), flatten(), dense({ units: 3 }),
  ])
  const decoder = sequential('decoder', [
    dense({ units: 4 * 3 * 2 }), reshape({ targetShape: [4, 3, 2] }),
    conv2dTranspose({ filters: 5, kernelSize: 1, strides: 2, padding: 'same', activation: 'relu' }),
    conv2d({ filters: 3, kernelSize: 2, padding: 'valid', activation: 'tanh' }),
  ])
  return {
    kind: 'odd', options: {}, imageShape: [7, 5, 3], codeShape: [3], optimizers: [],
    train: ({ images }, pass) => [{ outputs: { images: decoder.apply(encoder.apply(images, pass), pass) } }],
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => decoder.apply(codes, pass),
  }
}

const definitions: Readonly<Record<string, () => ModelDefinition>> = {
  ...Object.fromEntries(modelNames.map((kind) => [kind, () => models[kind](models[kind].verify.options)])),
  'a vae of 5 × 3 × 2': () => vae({ imageShape: [5, 3, 2], hidden: 7, latent: 3 }),
  'a gan of 3 × 7 × 3': () => gan({ imageShape: [3, 7, 3], hidden: 5, discriminatorHidden: 6, latent: 3 }),
  'convolutions over 7 × 5 × 3': odd,
  'a model with classes': () => conditional(),
}

interface Exported {
  generate?(seed: number, count: number): Promise<Float32Array>
  codes?(seed: number, count: number): Promise<Float32Array>
  decode?(values: Float32Array): Promise<Float32Array>
  encode?(values: Float32Array): Promise<Float32Array>
  score?(values: Float32Array): Promise<Float32Array>
  setClass?(label: number): Promise<unknown>
  kind(): Promise<string>
  close?(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'ganglion-components-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
async function component(bytes: Uint8Array): Promise<Exported> {
  const place = join(folder, `${made++}`)
  const { files } = await transpileBytes(bytes, { name: 'model' })
  for (const [name, data] of Object.entries(files as Record<string, Uint8Array>)) {
    mkdirSync(dirname(join(place, name)), { recursive: true })
    writeFileSync(join(place, name), data)
  }
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  const functions = await import(pathToFileURL(join(place, 'model.js')).href) as
    Record<string, (...args: unknown[]) => Float32Array> & { info(): string }
  const drawing = (name: string) => functions[name] && ((seed: number, count: number) =>
    Promise.resolve(functions[name]!(BigInt(seed), count)))
  const taking = (name: string) => functions[name] && ((values: unknown) => Promise.resolve(functions[name]!(values)))
  return {
    generate: drawing('generate'), codes: drawing('codes'), decode: taking('decode'), encode: taking('encode'),
    score: taking('score'), setClass: taking('setClass'),
    kind: () => Promise.resolve((JSON.parse(functions.info()) as { kind: string }).kind),
  } as Exported
}

async function plugin(bytes: Uint8Array): Promise<Exported> {
  const loaded = await createPlugin({ wasm: [{ data: bytes }] }, { useWasi: false })
  const exported = await loaded.getExports()
  const has = new Set((exported as readonly { name: string }[]).map(({ name }) => name))
  const call = async (name: string, input: ArrayBufferView) => {
    // It takes all of a buffer, whatever view of it it is given.
    const output = await loaded.call(name, new Uint8Array(input.buffer, input.byteOffset, input.byteLength).slice())
    return new Float32Array(output?.bytes().slice().buffer ?? new ArrayBuffer(0))
  }
  const drawing = (name: string) => has.has(name) && ((seed: number, count: number) => {
    const given = new DataView(new ArrayBuffer(12))
    given.setBigUint64(0, BigInt(seed), true)
    given.setUint32(8, count, true)
    return call(name, given)
  })
  const taking = (name: string) => has.has(name) && ((values: Float32Array) => call(name, values))
  return {
    generate: drawing('generate') || undefined, codes: drawing('codes') || undefined, decode: taking('decode') || undefined,
    encode: taking('encode') || undefined, score: taking('score') || undefined,
    setClass: has.has('setClass') ? (label: number) => call('setClass', Int32Array.of(label)) : undefined,
    kind: async () => ((await loaded.call('info'))!.json() as { kind: string }).kind,
    close: () => loaded.close(),
  } as Exported
}

describe.each([['component', component], ['extism', plugin]] as const)('as %s', (as, load) => {
  describe.each(Object.keys(definitions))('%s', (name) => {
    const definition = definitions[name]!
    test.each(partsOf(definition()))('the %s', async (part: Part) => {
      const model = await Model.create(runtime, definition(), { seed: 3 })
      const [bytes] = (await exportModel(model, 'wasm', { part, [as]: true })).values()
      const exported = await load(bytes as Uint8Array)
      try {
        expect(await exported.kind()).toBe(model.definition.kind)
        await holds(exported, model, part)
      } finally {
        await exported.close?.()
      }
    })
  })
})

const FUNCTIONS: Readonly<Record<Part, readonly (keyof Exported)[]>> = {
  generator: ['generate', 'codes', 'decode'], decoder: ['decode'], encoder: ['encode'], autoencoder: ['encode', 'decode'],
  discriminator: ['score'],
}

/** A part has its functions and no others, and they give the model's bits. */
async function holds(exported: Exported, model: Model, part: Part): Promise<void> {
  const all = ['generate', 'codes', 'decode', 'encode', 'score'] as const
  expect(all.filter((name) => exported[name])).toEqual(all.filter((name) => FUNCTIONS[part].includes(name)))
  expect(Boolean(exported.setClass)).toBe(model.definition.classes !== undefined)
  const [codes, images] = [model.drawCodes(COUNT, { seed: SEED }), model.sample(COUNT, { seed: SEED })]
  const same = async (found: Promise<Float32Array> | undefined, expected: Float32Array) => {
    if (found) expect(hashOf(await found)).toBe(hashOf(expected))
  }
  await same(exported.generate?.(SEED, COUNT), images)
  await same(exported.codes?.(SEED, COUNT), codes)
  const { classes } = model.definition
  const inTurn = classes === undefined ? {} : { labels: Uint8Array.from({ length: COUNT }, (_, i) => i % classes) }
  await same(exported.decode?.(codes), model.decode(codes, inTurn))
  if (exported.encode) await same(exported.encode(images), model.encode(images, inTurn))
  if (exported.score) await same(exported.score(images.subarray(0, 64 * images.length / COUNT)), scores(model, images))
  if (!exported.setClass) return
  await exported.setClass(1)
  await same(exported.generate?.(SEED, COUNT), model.sample(COUNT, { seed: SEED, label: 1 }))
  await same(exported.decode?.(codes), model.decode(codes, { label: 1 }))
}

function scores(model: Model, images: Float32Array): Float32Array {
  const { outputs, inputs } = graphOf(model.definition, 'discriminator', 64)
  const fn = model.session.compile({ group: 'test', stages: [{ outputs: Object.fromEntries(outputs) }] })
  for (const [name, { size }] of inputs) {
    fn.feed(name, name === 'labels' ? Float32Array.from({ length: 64 }, (_, i) => i % model.definition.classes!)
      : images.subarray(0, size))
  }
  fn.run(1)
  return fn.read('scores')
}
