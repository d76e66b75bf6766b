// `ganglion sample RUN`: new images from a trained model.
import { decodedPng, samplesPng } from '../../node/pictures.ts'
import { integer, seed } from '../options.ts'
import { CLASS, labelOf } from '../classes.ts'
import { mixtureCodes, samplerOptions } from '../sampler.ts'
import { DATA, MAX_BYTES, pictureCommand } from './picture.ts'

const COUNT = 64

export const sample = pictureCommand({
  name: 'sample',
  summary: 'Draw new images from a trained model',
  options: {
    count: { value: 'N', help: 'how many images', read: integer(1, 10_000), initial: COUNT },
    columns: { value: 'N', help: 'images in a row', read: integer(1), initial: 'the squarest grid' },
    class: CLASS,
    seed: { value: 'N', help: 'image i depends on the weights, the seed and i alone', read: seed, initial: "the run's" },
    ...samplerOptions,
    data: { ...DATA, help: `with gaussian-mixture: the images to fit it to; ${DATA.help}` },
    'max-bytes': MAX_BYTES,
  },
  examples: [
    ['sample runs/vae', '64 new images into runs/vae/sample.png'],
    ['sample runs/cgan --class 7', '64 of class 7, of a model with classes'],
    ['sample runs/autoencoder --sampler gaussian-mixture', 'of codes where those of training images are'],
    ['sample runs/gan --count 100 --seed 7 --out digits.png', '100 others'],
  ],
  async draw({ config, model, folder }, { count = COUNT, seed, columns, class: name, ...values }, io) {
    const label = labelOf(name, model, config)
    const codes = await mixtureCodes(values, {
      config, model, folder, count, seed: seed ?? config.training.seed, data: values.data, maxBytes: values['max-bytes'],
    }, io)
    return codes ? decodedPng(model, codes, { seed, columns, label }) : samplesPng(model, { count, seed, columns, label })
  },
})
