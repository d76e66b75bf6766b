// `ganglion reconstruct RUN`: images over what the model makes of them.
import { createHash } from 'node:crypto'
import { GanglionError } from '../../errors.ts'
import { reconstructionsPng } from '../../node/pictures.ts'
import { imagesAt } from '../../node/rows_in_order.ts'
import { fittingSet } from '../data.ts'
import { integer, seed } from '../options.ts'
import { sayData } from '../say_data.ts'
import { DATA, MAX_BYTES, pictureCommand } from './picture.ts'

export const reconstruct = pictureCommand({
  name: 'reconstruct',
  summary: 'Encode and decode images: originals over reconstructions',
  options: {
    data: DATA,
    'max-bytes': MAX_BYTES,
    count: { value: 'N', help: 'how many images', read: integer(1, 5000), initial: 16 },
    columns: { value: 'N', help: 'images in a row', read: integer(1), initial: 8 },
    seed: { value: 'N', help: 'picks images at random', read: seed, initial: 'the first images' },
  },
  examples: [
    ['reconstruct runs/vae', 'the first 16 test images into runs/vae/reconstruct.png'],
    ['reconstruct runs/vae --data fashion --count 32', '32 images of other data'],
  ],
  async draw({ config, model, folder }, { data: source, count = 16, columns, seed, ...values }, io) {
    const { kind, encode } = model.definition
    if (!encode) {
      throw new GanglionError(`a ${kind} cannot reconstruct: it has no encoder; ` +
        `use "ganglion sample ${folder}" or "ganglion interpolate ${folder}"`)
    }
    const { data } = await fittingSet(source, config, folder, model, values['max-bytes'])
    if (!('stream' in data)) sayData(data, io, true)
    if (count > data.count) {
      throw new GanglionError(`--count ${count} is more than the ${data.count} images of "${data.name}"; use a smaller count`)
    }
    const picked = pick(count, data.count, seed)
    if (!('stream' in data)) return reconstructionsPng(model, data, picked, { columns })
    // Of those that stay in their file no others are read.
    return reconstructionsPng(model, await imagesAt(data, Uint32Array.from(picked)), [...picked.keys()], { columns })
  },
})

/** `count` different numbers below `total`: the first ones, or those of a seed (Fisher-Yates over SHA-256 of seed, i). */
function pick(count: number, total: number, seed: number | undefined): number[] {
  const all = Array.from({ length: total }, (_, i) => i)
  if (seed === undefined) return all.slice(0, count)
  for (let i = 0; i < count; i++) {
    const j = i + (createHash('sha256').update(`${seed},${i}`).digest().readUInt32LE() % (total - i))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all.slice(0, count)
}
