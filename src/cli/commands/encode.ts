// `ganglion encode RUN`: the codes of images, an array for other tools, or a table.
import { join } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { encodeNpy } from '../../formats/npy.ts'
import { sizeOf } from '../../graph/tensor.ts'
import { writeFileAtomic } from '../../node/files.ts'
import { scaledImages } from '../../train/batches.ts'
import type { Command } from '../command.ts'
import { fittingData } from '../data.ts'
import { help, parse } from '../options.ts'
import { sayData } from '../say_data.ts'
import { DATA, folderOf, MAX_BYTES, MODEL, openRun, RUN } from './picture.ts'

/** Images in memory as floats at a time. */
const ROWS = 1024

const tableName = (value: string): string => {
  if (!/[^/\\]\.(npy|csv)$/i.test(value)) throw new RangeError('a name that ends in .npy or .csv')
  return value
}

const options = {
  data: DATA,
  'max-bytes': MAX_BYTES,
  model: MODEL,
  out: { value: 'FILE', help: 'what to write: NPY, or CSV with a column of labels where there are any', read: tableName,
    initial: 'RUN/codes.npy' },
  ...help,
} as const

export const encode: Command = {
  name: 'encode',
  summary: 'Encode images: their codes as NPY or CSV',
  usage: 'RUN [options]',
  notes: [RUN, 'Row i is the code of image i: of the test images, where the data have some.'],
  groups: [['Options', options]],
  examples: [
    ['encode runs/vae', 'the codes of the test images into runs/vae/codes.npy'],
    ['encode runs/vae --data ./photos --out codes.csv', 'those of other images, as a table'],
  ],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    const folder = folderOf('encode', positionals)
    const { config, model } = await openRun(folder, values.model)
    const { kind, encode: encoder, codeShape, classes } = model.definition
    if (!encoder) throw new GanglionError(`a ${kind} cannot encode: it has no encoder; train another model`)
    const { data } = await fittingData(values.data, config, folder, model, values['max-bytes'])
    sayData(data, io, true)
    const { count, labels } = data
    if (classes !== undefined && !labels) {
      throw new GanglionError(`a ${kind} needs labels to encode, and "${data.name}" has none; give data with labels`)
    }
    const size = sizeOf(codeShape)
    const codes = new Float32Array(count * size)
    for (let first = 0; first < count; first += ROWS) {
      const rows = Array.from({ length: Math.min(ROWS, count - first) }, (_, i) => first + i)
      codes.set(model.encode(scaledImages(data, rows), classes ? { labels: rows.map((i) => labels![i]!) } : {}), first * size)
    }
    const out = values.out ?? join(folder, 'codes.npy')
    await writeFileAtomic(out, /\.csv$/i.test(out) ? table(codes, count, labels)
      : encodeNpy({ shape: [count, ...codeShape], data: codes }))
    io.stdout.write(`${out}\n`)
    return 0
  },
}

/** A line of names, then a line for each image. */
function table(codes: Float32Array, count: number, labels: ArrayLike<number> | undefined): string {
  const size = codes.length / count
  const lines = Array.from({ length: count }, (_, i) => (
    [...codes.subarray(i * size, (i + 1) * size), ...(labels ? [labels[i]!] : [])].join()))
  const names = [...Array.from({ length: size }, (_, i) => `code${i}`), ...(labels ? ['label'] : [])]
  return `${[names.join(), ...lines].join('\n')}\n`
}
