// onnxruntime-node, whose kernels are others than onnxruntime-web's: what it computes of every part of every model is what we
// compute, at most 1e-5 off; of models with classes, of images of odd sizes, and of random stacks of layers too.
import { expect, test } from 'vitest'
import { gan, vae } from '../../src/entries/index.ts'
import { partsOf } from '../../src/export/part.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { conditional } from '../export/conditional.ts'
import { apart } from '../export/onnx_apart.ts'
import { type OnnxRuntime, runIn } from '../export/onnx_run.ts'
import { trained } from '../export/parts.ts'
import { tryStacks } from '../export/stacks.ts'
import { absent, loaded } from './packages.ts'

const node = loaded<OnnxRuntime>('onnxruntime-node')
const run = node ? runIn(node, 'cpu') : undefined
const named = (name: string) => (node ? name : `${name}: ${absent('onnxruntime-node')}`)

const all = [
  ...modelNames.map((kind) => models[kind](models[kind].verify.options)), conditional(4, [3, 5, 2]),
  vae({ imageShape: [5, 3, 2], hidden: 7, latent: 3 }),
  gan({ imageShape: [3, 7, 3], hidden: 5, discriminatorHidden: 6, latent: 3 }),
]
test.skipIf(!node).each(all.map((of) => [`${of.kind} of ${of.imageShape.join(' × ')}`, of] as const))(
  named('%s'), async (_, definition) => {
    const model = await trained(definition)
    for (const part of partsOf(definition)) {
      expect(await apart(model, part, 3, {}, run), part).toBeLessThan(1e-5)
      expect(await apart(model, part, 1, { layout: 'nhwc' }, run), part).toBeLessThan(1e-5)
    }
  })

test.skipIf(!node)(named('stacks of layers'), async () => {
  expect((await tryStacks(120, 21, run)).size).toBe(16)
})
