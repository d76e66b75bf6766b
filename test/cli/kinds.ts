// What messages say of all models, and what trains each, by the registry: a new model changes no test of the command line.
import { writeFileSync } from 'node:fs'
import { flagValues, kebab, shownValue } from '../../src/cli/model_options.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { type ImageShape, type ModelName, modelNames, models } from '../../src/models/kinds.ts'
import { barImages } from '../../src/verify/recipes/models.ts'

/** The flags of the small model that `verify` trains. */
export function smallFlags(kind: ModelName): string[] {
  const { verify: { options, batchSize } } = models[kind]
  const own = Object.entries(flagValues(models[kind], options as never)).filter(([, value]) => value !== undefined)
  return ['--batch-size', `${batchSize}`, ...own.flatMap(([name, value]) => [`--${kebab(name)}`, shownValue(value)])]
}

/** IDX files of images for it, and of their labels, which are found beside them: `batches` and two more. */
export function writeBars(kind: ModelName, images: string, labels: string, batches: number): void {
  const { images: pixels, labels: classes, count } = barImages(batches * models[kind].verify.batchSize + 2)
  writeFileSync(images, writeIdx([count, 28, 28], pixels as Uint8Array))
  writeFileSync(labels, writeIdx([count], classes as Uint8Array))
}

const initial = (kind: ModelName, option: string): unknown => models[kind].options[option]?.initial

/** The models that have an option: `dcgan, gan and lsgan`. */
export function owners(option: string): string {
  const all = modelNames.filter((kind) => option in models[kind].options)
  return [all.slice(0, -1).join(', '), all.at(-1)].filter(Boolean).join(' and ')
}

/** Their defaults, as --help has them: `[autoencoder 8; dcgan, gan, lsgan 100; vae 20]`. */
export function defaults(option: string): string {
  const all = modelNames.filter((kind) => option in models[kind].options)
  const values = [...new Set(all.map((kind) => String(initial(kind, option))))]
  const groups = values.map((value) => `${all.filter((kind) => String(initial(kind, option)) === value).join(', ')} ${value}`)
  return `[${groups.join('; ')}]`
}

/** The models that take images of a shape: `gan, lsgan, vae`. */
export const takers = (imageShape: ImageShape): string => modelNames.filter((kind) => {
  try {
    return models[kind]({ imageShape })
  } catch {
    return false
  }
}).join(', ')
