// The models that tests of threads train.
import type { ModelDefinition } from '../../src/models/definition.ts'
import { modelNames, models } from '../../src/models/kinds.ts'

/** Narrow models that are still large enough to be shared. */
export const MODELS: Readonly<Record<string, () => ModelDefinition>> = Object.fromEntries(modelNames.map((name) => (
  [name, () => models[name]({ ...models[name].verify.options, ...(name === 'dcgan' && { filters: [32, 32] }) })]
)))

/** Images a step. */
export const BATCH = 24
