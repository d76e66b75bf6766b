// `ganglion interpolate RUN`: walks between codes, and between classes.
import { interpolationsPng } from '../../node/pictures.ts'
import { CLASS, labelOf } from '../classes.ts'
import { integer, seed, UsageError } from '../options.ts'
import { pictureCommand } from './picture.ts'

export const interpolate = pictureCommand({
  name: 'interpolate',
  summary: 'Walk from one code to another, or from class to class, an image at each step',
  options: {
    steps: { value: 'N', help: 'images from one code to the other, both included', read: integer(2, 1000), initial: 10 },
    rows: { value: 'N', help: 'walks, one to a row', read: integer(1, 1000), initial: 8 },
    class: CLASS,
    'to-class': { ...CLASS, help: 'the class that walks end with, where --class is the first', initial: 'the first' },
    'same-code': { help: 'with --to-class: keep the code, so that the class alone changes' },
    seed: { value: 'N', help: 'draws the codes', read: seed, initial: "the run's" },
  },
  examples: [
    ['interpolate runs/vae', '8 walks of 10 images into runs/vae/interpolate.png'],
    ['interpolate runs/cgan --class 3 --to-class 8', 'from threes to eights; --same-code keeps the rest'],
    ['interpolate runs/gan --rows 4 --steps 16 --seed 3', '4 longer ones'],
  ],
  draw({ config, model }, { rows, steps, seed, class: name, 'to-class': last, 'same-code': sameCode }) {
    const label = labelOf(name, model, config)
    const toLabel = labelOf(last, model, config, '--to-class')
    if (sameCode && toLabel === undefined) {
      throw new UsageError('--same-code keeps the code while the class changes; give --to-class too')
    }
    return interpolationsPng(model, { rows, steps, seed, label, toLabel, sameCode })
  },
})
