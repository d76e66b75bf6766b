// Training on changed images, whatever the model: a definition around another.
import type { Pass } from '../nn/layer.ts'
import { callable, check, record, rule } from '../options.ts'
import { areChanges, AUGMENTATIONS, CHANGES, changesOf } from './augment.ts'
import type { ModelDefinition } from './definition.ts'

const isText = (x: unknown): x is string => typeof x === 'string'
const names = rule(CHANGES, isText, areChanges)

/**
 * `definition`, trained on images that are changed at random, another way for each image and step, drawn from the seed: `flip`
 * mirrors, `shift` moves by up to an eighth, `crop` enlarges a part, `noise` adds noise, `color` changes brightness, saturation
 * and contrast. Judging, encoding and sampling are as they were.
 *
 * ```js
 * const model = await Model.create(runtime, augmented(dcgan({ imageShape: [64, 64, 3] }), 'flip,shift,color'))
 * ```
 * @throws TypeError, RangeError where the changes are not such names
 * @example
 * const model = await Model.create(runtime, augmented(vae(), 'flip,shift'), { seed: 1 })
 */
export function augmented<M extends string, F extends string>(
  definition: ModelDefinition<M, F>, changes: string,
): ModelDefinition<M, F> {
  check('augmented', 'the definition', definition, record)
  check('augmented', 'definition.train', definition.train, callable)
  check('augmented', 'the changes', changes, names)
  const change = changesOf(changes, AUGMENTATIONS)
  return {
    ...definition,
    train(batch, pass) {
      const batches = pass.batches.map((each) => ({ ...each, images: change(each.images, pass) }))
      // What a pass is, with other batches: its streams and updates stay its own.
      const other = {
        training: pass.training, batches, updates: pass.updates,
        get step() {
          return pass.step
        },
        addUpdate: pass.addUpdate.bind(pass), stream: pass.stream.bind(pass),
      } as unknown as Pass
      return definition.train(batches[0] ?? batch, other)
    },
  }
}
