// `ganglion interpolate RUN`: walks between codes.
import { interpolationsPng } from '../../node/pictures.ts'
import { integer, seed } from '../options.ts'
import { CLASS, labelOf } from '../classes.ts'
import { pictureCommand } from './picture.ts'

export const interpolate = pictureCommand({
  name: 'interpolate',
  summary: 'Walk from one code to another, an image at each step',
  options: {
    steps: { value: 'N', help: 'images from one code to the other, both included', read: integer(2, 1000), initial: 10 },
    rows: { value: 'N', help: 'walks, one to a row', read: integer(1, 1000), initial: 8 },
    class: CLASS,
    seed: { value: 'N', help: 'draws the codes', read: seed, initial: "the run's" },
  },
  examples: [
    ['interpolate runs/vae', '8 walks of 10 images into runs/vae/interpolate.png'],
    ['interpolate runs/gan --rows 4 --steps 16 --seed 3', '4 longer ones'],
  ],
  draw: ({ config, model }, { rows, steps, seed, class: name }) => (
    interpolationsPng(model, { rows, steps, seed, label: labelOf(name, model, config) })),
})
