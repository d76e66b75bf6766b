// What messages say of all models, taken from the registry: a new model changes no test of the command line.
import type { ImageShape } from '../../src/models/kinds.ts'
import { modelNames, models } from '../../src/models/kinds.ts'

const initial = (kind: (typeof modelNames)[number], option: string): unknown => models[kind].options[option]?.initial

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
