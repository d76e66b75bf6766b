// `ganglion data SOURCE --out SET`: pictures are prepared once, into a file that opens at once. `ganglion data info SET`: what
// is in it, or in arrays of others, and a picture of it.
import { basename } from 'node:path'
import type { ImageDataset } from '../../data/dataset.ts'
import { GanglionError } from '../../errors.ts'
import { imageGrid } from '../../formats/grid.ts'
import type { NpyArray } from '../../formats/npy.ts'
import { encodeNpz } from '../../formats/npz.ts'
import type { LoadedDataset } from '../../node/datasets.ts'
import { writeFileAtomic } from '../../node/files.ts'
import { encodePng } from '../../node/png.ts'
import { MOST_BYTES, readData } from '../../node/read.ts'
import { isPreparedSet, MissingSplit, openSource } from '../../node/sources.ts'
import { encodePictureSet, openPictureSet, type SetData, setDigest } from '../../pictures/set.ts'
import { scaledImages } from '../../train/batches.ts'
import { type Command, columns } from '../command.ts'
import { classesOf, dataHash, testData, trainingData } from '../data.ts'
import { choiceFrom, limitOptions, pictureOptions } from '../data_options.ts'
import { help, integer, parse, path, pngName, seed, UsageError } from '../options.ts'
import { sayData } from '../say_data.ts'
import { FILES, MAX_BYTES } from './picture.ts'

function setName(text: string): string {
  const name = path(text)
  if (!/\.(safetensors|npz)$/i.test(name)) throw new RangeError('a name that ends in .safetensors or .npz')
  return name
}

const making = {
  out: { value: 'SET', help: 'the file to write: .safetensors, or .npz for NumPy', read: setName },
  ...pictureOptions,
  ...limitOptions,
  seed: { value: 'N', help: 'what --validation and --limit draw from', read: seed, initial: 1 },
  'max-bytes': MAX_BYTES,
} as const
const showing = {
  png: { value: 'FILE', help: 'where info writes the picture of the first images', read: pngName, initial: 'SET.png' },
  count: { value: 'N', help: 'how many images of each split it shows', read: integer(1, 10_000), initial: 64 },
} as const
const output = { json: { help: 'one JSON object instead of text' }, ...help } as const
const options = { ...making, ...showing, ...output }

export const data: Command = {
  name: 'data',
  summary: 'Prepare pictures once, into one file that opens at once; or show what is in such a file',
  usage: 'SOURCE --out SET [options], or data info SET [options]',
  notes: [
    'SOURCE is what --data of "ganglion train" takes, which takes SET too.',
    'Sub-folders of pictures are classes; folders named train and test are splits, of which SET has both.',
    `info shows other files too (${FILES.slice(1).join(', ')}). NPZ files keep numbers of classes, and no names.`,
  ],
  groups: [['Preparing', making], ['Info', showing], ['Output', output]],
  examples: [
    ['data ./photos --size 64 --out photos.safetensors', 'pictures of any kind and size, 64x64 in colour'],
    ['data info photos.safetensors', 'sizes, classes, digest, and a picture of the first images'],
    ['train vae --data photos.safetensors', 'trains on them'],
  ],
  async run(args, io) {
    const { positionals: [first, second, more], values } = parse(args, options)
    const extra = first === 'info' ? more : second
    if (first === undefined || (first === 'info' && second === undefined)) {
      throw new UsageError(`data expected ${first ? 'the file of a set after info' : 'a source, or info and a set'}`)
    }
    if (extra !== undefined) throw new UsageError(`data expected one ${first === 'info' ? 'set' : 'source'}, got "${extra}" too`)
    if (first === 'info') {
      const out = values.png ?? `${second}.png`
      const facts = await info(second!, out, values.count ?? 64, values['max-bytes'] ?? MOST_BYTES)
      io.stdout.write(values.json ? `${JSON.stringify(facts)}\n` : `${columns(Object.entries(facts).map(([key, value]) => (
        [key, Array.isArray(value) ? value.join(', ') : String(value)] as const))).map((line) => line.slice(2)).join('\n')}\n`)
      return 0
    }
    const { out, seed: drawnBy = 1, 'max-bytes': maxBytes } = values
    if (out === undefined) throw new UsageError('data expected --out, the file to write')
    const choice = { ...choiceFrom(values), seed: drawnBy }
    const train = await trainingData(first, choice, maxBytes)
    sayData(train, io)
    const arrays = /npz$/i.test(out)
    if (arrays && train.classNames) {
      io.stderr.write('ganglion: an NPZ file numbers the classes in the order of their names, and does not keep these; ' +
        'a .safetensors set does\n')
    }
    // Its training images are in memory; so may those be that judge, by the same limit.
    const test = await testData(first, choice, train, maxBytes, maxBytes ?? MOST_BYTES)
    const bytes = arrays ? npzOf(train, test) : await encodePictureSet(train, test)
    await writeFileAtomic(out, bytes)
    const facts = { out, images: train.count, test: test?.count ?? 0, bytes: bytes.length }
    io.stdout.write(values.json ? `${JSON.stringify(facts)}\n`
      : `${out}  ${train.count} images${test ? `, ${test.count} test images` : ''}, ${bytes.length} bytes\n`)
    return 0
  },
}

/** Under the names that `--data` reads, and Keras' mnist.npz has for its test split. */
function npzOf(train: ImageDataset, test: ImageDataset | undefined): Uint8Array {
  const arrays = ({ images, labels, count, shape }: ImageDataset, names: readonly [string, string]): [string, NpyArray][] => [
    [names[0], { shape: [count, ...shape], data: images }],
    ...(labels ? [[names[1], { shape: [count], data: Int32Array.from(labels) }] as [string, NpyArray]] : []),
  ]
  return encodeNpz(new Map([
    ...arrays(train, ['images', 'labels']), ...(test ? arrays(test, ['test.images', 'test.labels']) : []),
  ]), { compress: true })
}

async function info(path: string, png: string, count: number, maxBytes: number): Promise<Record<string, unknown>> {
  const { train, test, digest } = await opened(path, maxBytes)
  await writeFileAtomic(png, gridOf(train, count))
  const { shape, labels, classNames, preparation } = train
  const classes = labels && classesOf(train)!
  const names = classNames ?? Array.from({ length: classes ?? 0 }, (_, i) => `class ${i}`)
  const each = ({ labels: own }: SetData) => {
    const counts = new Uint32Array(classes ?? 0)
    own?.forEach((label: number) => { if (label < counts.length) counts[label]!++ })
    return names.map((name, i) => `${name} ${counts[i]}`)
  }
  return {
    set: basename(path), images: train.count, ...(test && { test: test.count }), shape: shape.join('x'),
    ...(labels && { classes: each(train) }), ...(test?.labels && labels && { 'test classes': each(test) }),
    ...(train.sizes && { 'sizes before': sizesOf(train.sizes) }),
    ...(preparation && { fit: preparation.fit, background: preparation.background }),
    ...(digest ? { digest } : { 'sha256 of images': await dataHash(train) }), picture: png,
  }
}

/** A prepared set, whose digest is that of its bytes; or arrays as others write them, which have none. */
async function opened(path: string, maxBytes: number): Promise<{ train: SetData, test?: SetData, digest?: string }> {
  if (await isPreparedSet(path)) {
    const bytes = await readData(path, maxBytes)
    const set = openPictureSet(bytes, path)
    const found = await setDigest(bytes, path)
    if (found === set.digest) return set
    throw new GanglionError(`"${path}" is damaged: the digest of its images is ${found}, and it says ${set.digest}; ` +
      'prepare it again')
  }
  const source = await openSource(path, maxBytes)
  if (!('load' in source)) {
    throw new GanglionError(`"${path}" holds pictures, expected a set or arrays; prepare them: ganglion data "${path}" --out SET`)
  }
  const train = await source.load('train')
  const test = source.single ? undefined : await source.load('test').catch((error) => {
    if (error instanceof MissingSplit) return undefined
    throw error
  })
  return { train, test }
}

function sizesOf(sizes: Uint32Array): string {
  const of = (axis: number) => sizes.filter((_, i) => i % 2 === axis)
  const range = (values: Uint32Array) => {
    const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
    return least === most ? `${least}` : `${least} to ${most}`
  }
  return `height ${range(of(0))}, width ${range(of(1))}`
}

/** Evenly spread over all images, so that each class has its part. */
function gridOf(data: LoadedDataset, wanted: number): Uint8Array {
  const count = Math.min(wanted, data.count)
  const indices = Array.from({ length: count }, (_, i) => Math.floor(i * data.count / count))
  const scale = data.shape[0] < 48 ? 3 : 1
  return encodePng(imageGrid(scaledImages(data, indices), { shape: data.shape, scale, gap: 2 }))
}
