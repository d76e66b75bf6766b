// What is fuzzed: each parser with whole inputs to damage, and what has to be true of what it lets pass.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CHECKSUMS, parseChecksums } from '../../src/checkpoint/run.ts'
import { formatConfig, parseConfig } from '../../src/checkpoint/config.ts'
import { loadedOptions } from '../../src/checkpoint/options.ts'
import { idxLength, imagesFromIdx, parseIdx, writeIdx } from '../../src/formats/idx.ts'
import { decodeNpy, encodeNpy } from '../../src/formats/npy.ts'
import { decodeNpz, encodeNpz } from '../../src/formats/npz.ts'
import { pngChunks } from '../../src/formats/png.ts'
import { decodeSafetensors, encodeSafetensors, type SavedTensor } from '../../src/formats/safetensors.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { decodePng } from '../../src/node/png.ts'
import { decodePicture } from '../../src/pictures/decode.ts'
import { encodePictureSet, openPictureSet } from '../../src/pictures/set.ts'
import { chunk, file, header, png } from '../pngs.ts'
import { inFolder } from './folder.ts'
import { damaged, damagedJson, mended } from './mutate.ts'
import { protocol } from './protocol.ts'
import { records } from './records.ts'
import { weights } from './weights.ts'

export interface Target<T = never> {
  readonly name: string
  /** How many in CI. */
  readonly runs: number
  readonly inputs: fc.Arbitrary<T>
  /** What errors say no in our words; GanglionError by default. */
  readonly refusals?: readonly (new (...args: never[]) => Error)[]
  run(input: T): unknown
}

function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`let pass, though ${what}`)
}

/** The most that a source may unpack to here. */
const MOST = 2 ** 25
const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) % 256)
const wide = [0x09, 0x0b, 0x0c, 0x0d, 0x0e].map((code, i) => (
  Uint8Array.of(0, 0, code, 2, 0, 0, 0, 1, 0, 0, 0, 2, ...ramp(2 * [1, 2, 4, 4, 8][i]!))
))
const idxs = [writeIdx([3, 4, 5], ramp(60)), writeIdx([2, 2, 3, 3], ramp(36)), writeIdx([9], ramp(9)), ...wide]

/** Headers of any sizes, and of many. */
const headers = fc.record({
  code: fc.constantFrom(8, 9, 11, 12, 13, 14), data: fc.uint8Array({ maxLength: 40 }),
  shape: fc.array(fc.constantFrom(0, 1, 2, 3, 0x10000, 0xffffffff), { minLength: 1, maxLength: 255, size: 'max' }),
}).map(({ code, shape, data }) => {
  const sizes = Buffer.alloc(4 * shape.length)
  shape.forEach((size, i) => sizes.writeUInt32BE(size, 4 * i))
  return Buffer.concat([Buffer.of(0, 0, code, shape.length), sizes, data])
})
const idx: Target<Uint8Array> = {
  name: 'idx', runs: 8000, inputs: fc.oneof(damaged(...idxs), headers),
  run(bytes) {
    const { shape, data } = parseIdx(bytes)
    const count = shape.reduce((a, b) => a * b, 1)
    holds(data.length === count && idxLength(bytes) === bytes.length, `${shape.join('x')} has ${data.length} values`)
    const images = imagesFromIdx(bytes, 'f')
    holds(images.images.length === images.count * images.shape.reduce((a, b) => a * b), 'images do not fit their shape')
  },
}

/** What unpacks to a thousand times its size, and more than an input may take. */
const HUGE = 4e8
const bombs = [gzipSync(Buffer.concat([idxs[0]!, new Uint8Array(HUGE)]), { level: 1 })]
const gzip: Target<Uint8Array> = {
  name: 'gzip', runs: 2500,
  inputs: fc.oneof(damaged(...bombs, ...idxs.map((bytes) => gzipSync(bytes))), damaged(...idxs).map((bytes) => gzipSync(bytes))),
  run: (bytes) => inFolder({ images: bytes }, async (folder) => {
    const { images, count, shape } = await loadDataset(join(folder, 'images'), { maxBytes: MOST })
    holds(images.length === count * shape.reduce((a, b) => a * b), 'images do not fit their shape')
  }),
}

const kinds = [[0, 1], [0, 8], [0, 16], [2, 8], [2, 16], [3, 2], [3, 8], [4, 8], [6, 8], [6, 16]] as const
const pngs = kinds.flatMap(([colorType, depth]) => [false, true].map((interlaced) => png({
  width: 5, height: 9, colorType, depth, interlaced, samples: Array.from({ length: 180 }, (_, i) => (i * 7919) % 2 ** depth % 4),
  before: colorType === 3 ? [chunk('PLTE', ramp(12))] : [],
})))
const decoded = async (bytes: Uint8Array) => {
  const { width, height, rgba } = await decodePicture(bytes, 'f', MOST)
  holds(rgba.length === width * height * 4, `${width}x${height} has ${rgba.length} samples`)
}
const pngBytes: Target<Uint8Array> = {
  name: 'png', runs: 8000,
  inputs: fc.tuple(damaged(...pngs), fc.boolean()).map(([bytes, mend]) => (mend ? mended(bytes) : bytes)),
  run(bytes) {
    const { width, height, rgba } = decodePng(bytes, 'f', { maxBytes: MOST })
    holds(rgba.length === 4 * width * height, `${width}x${height} has ${rgba.length} samples`)
    return decoded(bytes)
  },
}

const side = fc.oneof(fc.nat(40), fc.constantFrom(0, 1, 30000, 65536, 0x7fffffff, 0x80000000, 0xffffffff))
const zeros = deflateSync(new Uint8Array(HUGE), { level: 1 })
const pixels = (length: number, byte: number) => (length === HUGE ? zeros : deflateSync(new Uint8Array(length).fill(byte)))
/** Headers that promise one thing, and data that are another. */
const pngLies: Target<{ readonly bytes: Uint8Array, readonly length: number }> = {
  name: 'png-lies', runs: 4000,
  inputs: fc.record({
    width: side, height: side, depth: fc.constantFrom(1, 2, 4, 8, 16), colorType: fc.constantFrom(0, 2, 3, 4, 6),
    interlaced: fc.boolean(), length: fc.oneof(fc.nat(3000), fc.constantFrom(1e6, HUGE)), byte: fc.nat(5),
    palette: fc.nat(260), trns: fc.nat(10),
  }).map(({ length, byte, palette, trns, ...rest }) => ({
    length, bytes: file(
      header(rest), ...(rest.colorType === 3 ? [chunk('PLTE', ramp(3 * palette))] : []),
      ...(trns < 8 ? [chunk('tRNS', ramp(trns))] : []), chunk('IDAT', pixels(length, byte)), chunk('IEND'),
    ),
  })),
  async run({ bytes, length }) {
    await decoded(bytes)
    holds(pngChunks(bytes, 'f').length === length, 'its data are of another length')
  },
}

/** From where `npm run fuzz` and the tests run. */
const pictureOf = (file: string) => new Uint8Array(readFileSync(`test/golden/pictures/${file}`))
const jpegAndWebp: Target<Uint8Array> = {
  name: 'jpeg-webp', runs: 1500,
  inputs: damaged(...['a.jpg', 'progressive.jpg', 'turned.jpg', 'grey.jpg', 'lossy.webp', 'alpha.webp',
    'moving.webp'].map(pictureOf)),
  run: decoded,
}
const setOf = await encodePictureSet({
  name: 'f', images: ramp(24), count: 2, shape: [2, 2, 3], labels: Uint8Array.of(1, 0), classNames: ['a', 'b'],
    sizes: new Uint32Array(4),
})
const pictureSet: Target<Uint8Array> = {
  name: 'picture-set', runs: 1500, inputs: damaged(setOf),
  run(bytes) {
    const { train: { images, count, shape } } = openPictureSet(bytes)
    holds(images.length === count * shape.reduce((a, b) => a * b), 'images do not fit their shape')
  },
}

const folder: Target<Readonly<Record<string, Uint8Array>>> = {
  name: 'folder', runs: 600,
  inputs: fc.dictionary(
    fc.oneof(fc.constantFrom('a.png', 'b.png', 'c.PNG', '._a.png', 'a.jpg', 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte'),
      fc.stringMatching(/^[^/\0]{1,20}\.png$/u).filter((name) => Buffer.byteLength(name) < 200)),
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pngs.slice(0, 3), ...idxs) }, damaged(...pngs.slice(0, 3), ...idxs)),
    { maxKeys: 5 },
  ),
  run: (files) => inFolder(files, async (path) => {
    const { images, count, shape } = await loadDataset(path, { maxBytes: MOST })
    holds(images.length === count * shape.reduce((a, b) => a * b), 'images do not fit their shape')
  }),
}

const tensors = new Map<string, SavedTensor>([
  ['dense/kernel', { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 1e-40, -0, 3e38) }],
  ['dense/bias', { shape: [3], data: new Float32Array(3) }], ['counters', { shape: [2], data: Uint32Array.of(7, 0xffffffff) }],
])
const whole = encodeSafetensors(tensors, { format: 'ganglion', __proto__x: 'y' })
const withHeader = (text: string, data: Uint8Array): Uint8Array => {
  const json = Buffer.from(text)
  const size = Buffer.alloc(8)
  size.writeUInt32LE(json.length)
  return Buffer.concat([size, json, data])
}
const dtypes = fc.constantFrom(
  'F64', 'F32', 'F16', 'BF16', 'F8_E5M2', 'F8_E4M3', 'I64', 'U64', 'I32', 'U32', 'I16', 'U16', 'I8', 'U8', 'BOOL', 'C64',
)
const headerOf = (dtype: string) => ({
  __metadata__: { a: 'b' }, x: { dtype, shape: [2, 2], data_offsets: [0, 16] },
  y: { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
})
const deep = '{"a":'.repeat(20_000) + '['.repeat(20_000)
const safetensors: Target<Uint8Array> = {
  name: 'safetensors', runs: 9000,
  inputs: fc.oneof(
    damaged(whole, withHeader(deep, new Uint8Array())),
    dtypes.chain((dtype) => damagedJson(headerOf(dtype))).map((json) => withHeader(JSON.stringify(json), ramp(24))),
  ),
  run(bytes) {
    const { tensors: read } = decodeSafetensors(bytes)
    for (const { shape, data } of read.values()) {
      holds(shape.reduce((a, b) => a * b, 1) === data.length, 'a tensor is not of its shape')
    }
    const again = decodeSafetensors(encodeSafetensors(read)).tensors
    holds(again.size === read.size, 'it is another when it is written again')
  },
}

const run = {
  format: 1, command: 'ganglion train vae',
  model: { kind: 'vae', options: { hidden: 8, latent: 2, learningRate: { schedule: 'cosine', initial: 1e-3, steps: 100 } } },
  data: { source: 'mnist', count: 100, sha256: 'a'.repeat(64) },
  training: { seed: 1, epochs: 2, batchSize: 8, threads: 1, precision: 'deterministic', wide: false },
  software: { ganglion: '0.1.0', core: 'sha256:0', node: '24' },
}
const config: Target<string> = {
  name: 'config', runs: 9000,
  inputs: fc.oneof(
    damagedJson(run).map((json) => JSON.stringify(json)),
    damaged(Buffer.from(formatConfig(run as never))).map((bytes) => new TextDecoder().decode(bytes)),
  ),
  refusals: [TypeError, RangeError],
  run(text) {
    let read
    try {
      read = parseConfig(text, 'config.json')
    } catch (error) {
      if ((error as Error).name === 'GanglionError') return
      throw error
    }
    const { kind, options } = read.model
    if (Object.hasOwn(models, kind)) models[kind as 'vae'](loadedOptions(options))
  },
}

const checksums: Target<string> = {
  name: 'checksums', runs: 3000,
  inputs: damaged(Buffer.from(`${'a1'.repeat(32)}  weights.safetensors\n${'0f'.repeat(32)}  digest.txt\n`))
    .map((bytes) => new TextDecoder().decode(bytes)),
  run(text) {
    for (const hash of parseChecksums(text, CHECKSUMS).values()) holds(/^[0-9a-f]{64}$/.test(hash), 'a hash is none')
  },
}

const options: Target<readonly [string, Readonly<Record<string, unknown>>]> = {
  name: 'options', runs: 6000,
  inputs: fc.constantFrom(...modelNames).chain((kind) => fc.tuple(fc.constant(kind), fc.dictionary(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(models[kind].options)) }, fc.string()),
    fc.oneof(
      fc.anything(),
      fc.constantFrom(0, -1, 1, 28, 2 ** 31, 2 ** 53, NaN, Infinity, [28, 28, 1], [64, 64, 3], [1, 1, 1], [0, 4, 1]),
      fc.array(fc.integer({ min: -1, max: 70_000 }), { maxLength: 4 }),
    ),
    { maxKeys: 4 },
  ))),
  refusals: [TypeError, RangeError],
  run: ([kind, given]) => void models[kind as 'vae'](given),
}

const arrays = [
  { shape: [3, 4], data: ramp(12) }, { shape: [2], data: Float32Array.of(1, 2) }, { shape: [], data: Float64Array.of(3) },
]
const fits = ({ shape, data }: { readonly shape: readonly number[], readonly data: ArrayLike<number> }) =>
  holds(shape.reduce((a, b) => a * b, 1) === data.length, `${shape.join('x')} has ${data.length} values`)
const npy: Target<Uint8Array> = {
  name: 'npy', runs: 4000, inputs: damaged(...arrays.map(encodeNpy)), run: (bytes) => fits(decodeNpy(bytes)),
}
const npz: Target<Uint8Array> = {
  name: 'npz', runs: 2000,
  inputs: damaged(...[false, true].map((compress) => (
    encodeNpz(new Map(arrays.map((array, i) => [`${i}`, array] as const)), { compress })))),
  run: (bytes) => decodeNpz(bytes, 'f', { maxBytes: MOST }).forEach(fits),
}

export const targets: readonly Target[] = [
  idx, gzip, pngBytes, pngLies, folder, safetensors, config, checksums, options, npy, npz, jpegAndWebp, pictureSet, weights,
  ...records, protocol,
] as unknown as readonly Target[]
