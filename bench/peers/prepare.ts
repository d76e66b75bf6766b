// What all contestants start from, written to files: real images, the weights and noise of the golden models.
import { mkdir, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDataset } from '../../src/node/datasets.ts'
import { lcg } from '../../test/golden/lcg.ts'
import { type Init, MODELS, type PeerModel } from './protocol.ts'

interface Parameter {
  readonly shape: number[]
  readonly lcg: { readonly seed: number; readonly scale: number; readonly shift: number }
}

const FOLDER = 'build/peers'
const IMAGES = 2048
/** Steps of which all losses must agree. */
export const CHECKED_STEPS = 5

const golden = JSON.parse(readFileSync('test/golden/models.json', 'utf8')) as
  { models: Record<string, { params: Record<string, Parameter> }> }
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

export async function prepare(models: readonly PeerModel[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const { images } = await loadDataset('mnist')
  await writeFile(join(FOLDER, 'images.u8'), images.subarray(0, IMAGES * 784) as Uint8Array)
  for (const model of models) {
    const params = Object.values(golden.models[MODELS[model].kind]!.params)
    const tensors = params.map(({ shape, lcg: { seed, scale, shift } }) => bytesOf(lcg(seed, sizeOf(shape), scale, shift)))
    await writeFile(join(FOLDER, `${model}.f32`), Buffer.concat(tensors))
  }
}

/** The first message to a contestant; with noise from a file where results are to be compared. */
export async function initOf(model: PeerModel, batch: number, threads: number, fed: boolean): Promise<Init> {
  const { noise } = MODELS[model]
  const noiseFile = fed && noise.length ? join(FOLDER, `${model}-${batch}-noise.f32`) : ''
  if (noiseFile) {
    const step = (t: number) => noise.map((size, i) => bytesOf(lcg(5000 + 10 * t + i, batch * size, 1.7)))
    await writeFile(noiseFile, Buffer.concat(Array.from({ length: CHECKED_STEPS }, (_, t) => step(t)).flat()))
  }
  const params = Object.entries(golden.models[MODELS[model].kind]!.params).map(([name, { shape }]) => ({ name, shape }))
  return {
    ...MODELS[model], model, batch, threads, params, noiseFile,
    weightsFile: join(FOLDER, `${model}.f32`), imagesFile: join(FOLDER, 'images.u8'), images: IMAGES,
  }
}
