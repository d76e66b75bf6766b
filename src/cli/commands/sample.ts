// `ganglion sample RUN`: new images from a trained model.
import { samplesPng } from '../../node/pictures.ts'
import { integer, seed } from '../options.ts'
import { CLASS, labelOf } from '../classes.ts'
import { pictureCommand } from './picture.ts'

export const sample = pictureCommand({
  name: 'sample',
  summary: 'Draw new images from a trained model',
  options: {
    count: { value: 'N', help: 'how many images', read: integer(1, 10_000), initial: 64 },
    columns: { value: 'N', help: 'images in a row', read: integer(1), initial: 'the squarest grid' },
    class: CLASS,
    seed: { value: 'N', help: 'image i depends on the weights, the seed and i alone', read: seed, initial: "the run's" },
  },
  examples: [
    ['sample runs/vae', '64 new images into runs/vae/sample.png'],
    ['sample runs/cgan --class 7', '64 of class 7, of a model with classes'],
    ['sample runs/gan --count 100 --seed 7 --out digits.png', '100 others'],
  ],
  draw: ({ config, model }, { count, seed, columns, class: name }) => (
    samplesPng(model, { count, seed, columns, label: labelOf(name, model, config) })),
})
