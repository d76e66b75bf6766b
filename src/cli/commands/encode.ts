// `ganglion encode RUN`: the codes of images, an array for other tools, or a table.
import { join } from 'node:path'
import { encodeNpy } from '../../formats/npy.ts'
import { writeFileAtomic } from '../../node/files.ts'
import type { Command } from '../command.ts'
import { fittingData } from '../data.ts'
import { codesOf, encoderOf } from '../encoded.ts'
import { help, parse, path } from '../options.ts'
import { sayData } from '../say_data.ts'
import { DATA, folderOf, MAX_BYTES, MODEL, openRun, RUN } from './picture.ts'

const tableName = (value: string): string => {
  if (!/[^/\\]\.(npy|csv)$/i.test(value)) throw new RangeError('a name that ends in .npy or .csv')
  return path(value)
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
    const { codeShape } = encoderOf(model, 'encode', 'train another model')
    const { data } = await fittingData(values.data, config, folder, model, values['max-bytes'])
    sayData(data, io, true)
    const { count, labels } = data
    const codes = codesOf(model, data)
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
