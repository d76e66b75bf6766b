// What classes are called reaches every export: the names of the run's pictures, or those that are given in their place.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { vae } from '../../src/entries/index.ts'
import { exportModel, type FormatName } from '../../src/export/export.ts'
import type { Files } from '../../src/export/format.ts'
import { LoadedModel } from '../../src/export/wasm/loaded.ts'
import { encodePng } from '../../src/node/png.ts'
import { Model } from '../../src/train/model.ts'
import { place, spawned } from '../cli/ganglion.ts'
import { built } from '../dist.ts'
import { runtime } from '../harness.ts'
import { conditional } from './conditional.ts'

type Bytes = Uint8Array<ArrayBuffer>
const textOf = (files: Files, name = [...files.keys()][0]!) => Buffer.from(files.get(name)!).toString('latin1')
const namesIn = async (bytes: Bytes) => new LoadedModel((await WebAssembly.instantiate(bytes)).instance).info.classNames

/** What a format says of the classes. */
const SAID: Partial<Record<FormatName, (files: Files) => unknown>> = {
  onnx: (files) => JSON.parse(/classNames..(\["[^\]]*\])/s.exec(textOf(files))?.[1] ?? 'null'),
  wasm: (files) => namesIn([...files.values()][0] as Bytes),
  html: (files) => namesIn(Buffer.from(/id="module">([^<]+)</.exec(textOf(files))![1]!, 'base64')),
  js: (files) => (JSON.parse(/open\(module, (.*)\)/.exec(textOf(files, 'index.js'))![1]!) as { classNames?: string[] }).classNames,
  safetensors: (files) => /^- Classes: (.*)\.$/m.exec(textOf(files, 'README.md'))![1]!.split(', '),
}
const formats = Object.entries(SAID) as [FormatName, (files: Files) => unknown][]

describe.each(formats)('%s', (format, said) => {
  const model = Model.create(runtime, conditional())
  const run = async () => ({ model: await model, config: { data: { classNames: ['cat', 'dog', 'owl'] } } })

  test("the run's names", async () => {
    expect(await said(await exportModel(await run(), format))).toEqual(['cat', 'dog', 'owl'])
  })
  test('those that are given come first', async () => {
    const classNames = ['red', 'green', 'blue']
    expect(await said(await exportModel(await run(), format, { classNames }))).toEqual(classNames)
  })
  test('names of data with other classes than the model are none', async () => {
    const other = { model: await model, config: { data: { classNames: ['cat', 'dog'] } } }
    expect(await said(await exportModel(other, format))).toEqual(format === 'safetensors' ? ['0', '1', '2'] : format === 'onnx'
      ? null : undefined)
  })
})

test('as many names as classes, or they are refused', async () => {
  const model = await Model.create(runtime, conditional())
  await expect(exportModel(model, 'onnx', { classNames: ['a', 'b'] })).rejects.toThrow(
    new RangeError('exportModel: classNames expected 3 names, one for each class of the mine, got 2'))
  await expect(exportModel(await Model.create(runtime, vae({ hidden: 4 })), 'onnx', { classNames: ['a'] })).rejects.toThrow(
    new RangeError('exportModel: classNames are given, and the vae has no classes; leave them out'))
})

const MINE = `
import { layers, ops, losses, minimize, optimizers } from '${pathToFileURL(built('index.js')).href}'
export default ({ imageShape, classes }) => {
  const pixels = imageShape.reduce((n, d) => n * d, 1)
  const decoder = layers.sequential('decoder', [layers.dense({ units: pixels, activation: 'tanh' })])
  const optimizer = optimizers.sgd({ learningRate: 0.1 })
  const decode = (codes, pass, labels) => ops.reshape(
    decoder.apply(ops.concat([codes, ops.oneHot(labels, classes)], 1), pass), [-1, ...imageShape])
  return {
    kind: 'mine', options: {}, imageShape, codeShape: [2], classes, optimizers: [optimizer], decode,
    train: ({ images, labels }, pass) => [minimize(
      optimizer, losses.meanSquaredError(images, decode(ops.zeros([images.shape[0], 2]), pass, labels)), [decoder])],
  }
}
`

test('of a folder of pictures, trained and exported by the command line', async () => {
  const at = place()
  try {
    for (const name of ['ant', 'bee']) {
      mkdirSync(at.in('pictures', name), { recursive: true })
      for (let i = 0; i < 4; i++) {
        const pixels = Uint8Array.from({ length: 16 }, (_, k) => (k * 16 + i) % 256)
        writeFileSync(at.in('pictures', name, `${i}.png`), encodePng({ width: 4, height: 4, channels: 1, pixels }))
      }
    }
    writeFileSync(at.in('mine.mjs'), MINE)
    const ganglion = async (...args: string[]) => expect(await spawned(args, at.path)).toMatchObject({ code: 0, stderr: '' })
    await ganglion('train', '--model', 'mine.mjs', '--data', 'pictures', '--epochs', '1', '--batch-size', '4', '--out', 'run',
      '--quiet')
    await ganglion('export', 'run', '--format', 'wasm', '--out', 'a.wasm')
    expect(await namesIn(readFileSync(at.in('a.wasm')))).toEqual(['ant', 'bee'])
    await ganglion('export', 'run', '--format', 'wasm', '--out', 'b.wasm', '--class-names', 'Ameise,Biene')
    expect(await namesIn(readFileSync(at.in('b.wasm')))).toEqual(['Ameise', 'Biene'])
  } finally {
    at.remove()
  }
})
