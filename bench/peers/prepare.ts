// What all contestants start from, written to files: real images, the weights and noise of the golden models.
import { mkdir, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDataset } from '../../src/node/datasets.ts'
import { lcg } from '../../test/golden/lcg.ts'
import * as host from '../../src/entries/index.ts'
import { definitionOf, stagesOf } from './models.ts'
import { type Init, isGolden, MODELS, type PeerModel } from './protocol.ts'

interface Parameter {
  readonly shape: number[]
  readonly lcg: { readonly seed: number; readonly scale: number; readonly shift: number }
}

const FOLDER = 'build/peers'
const IMAGES = 2048
/** Pictures of models of real size, which are drawn. */
const DRAWN_IMAGES = 256
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
    const tensors = Object.values(paramsOf(model))
      .map(({ shape, lcg: { seed, scale, shift } }) => bytesOf(lcg(seed, sizeOf(shape), scale, shift)))
    await writeFile(join(FOLDER, `${model}.f32`), Buffer.concat(tensors))
    if (isGolden(model)) continue
    const bytes = lcg(77, DRAWN_IMAGES * sizeOf(MODELS[model].imageShape), 127.5, 127.5)
    await writeFile(drawnFile(model), Uint8Array.from(bytes))
  }
}

const drawnFile = (model: PeerModel): string => join(FOLDER, `${model}.u8`)

/**
 * Shapes by name, and what they begin with: of models of real size our own, of Glorot's range; gamma is 1, what is added 0. The
 * vectors of spectral normalization and of a codebook are among them.
 */
function paramsOf(model: PeerModel): Record<string, Parameter> {
  const { kind, imageShape } = MODELS[model]
  if (kind) return golden.models[kind]!.params
  const images = host.input('images', [2, ...imageShape])
  const { variables } = host.compile({ group: 'train', stages: stagesOf(definitionOf(model), images) })
  const parameters = variables.map(({ attrs }) => attrs).filter(({ name, role }) => (
    role === 'parameter' || /\/vector_u$|^codebook\/sum$/.test(name)))
  return Object.fromEntries(parameters.map(({ name, shape }, i) => {
    const [fanIn = 1, fanOut = 1] = shape.slice(-2)
    const glorot = shape.length > 1 ? Math.sqrt(6 / ((fanIn + fanOut) * sizeOf(shape.slice(0, -2)))) : 0
    const scale = name === 'codebook/sum' ? 1 / 16384 : glorot
    return [name, { shape: [...shape], lcg: { seed: 900 + i, scale, shift: name.endsWith('/gamma') ? 1 : 0 } }]
  }))
}

/** The first message to a contestant; with noise from a file where results are to be compared. */
export async function initOf(model: PeerModel, batch: number, threads: number, fed: boolean): Promise<Init> {
  const { noise } = MODELS[model]
  const noiseFile = fed && noise.length ? join(FOLDER, `${model}-${batch}-noise.f32`) : ''
  if (noiseFile) {
    const step = (t: number) => noise.map((size, i) => bytesOf(lcg(5000 + 10 * t + i, batch * size, 1.7)))
    await writeFile(noiseFile, Buffer.concat(Array.from({ length: CHECKED_STEPS }, (_, t) => step(t)).flat()))
  }
  const params = Object.entries(paramsOf(model)).map(([name, { shape }]) => ({ name, shape }))
  const own = isGolden(model) ? { imagesFile: join(FOLDER, 'images.u8'), images: IMAGES }
    : { imagesFile: drawnFile(model), images: DRAWN_IMAGES }
  return {
    ...MODELS[model], model, batch, threads, params, fed, noiseFile,
    weightsFile: join(FOLDER, `${model}.f32`), ...own,
  }
}
