// Models and ops by name, for benchmarks that are asked for one.
import type { Item } from '../src/compiler/schedule.ts'
import { type ModelName, MODELS } from '../src/bench/step.ts'

export { type ModelName, MODELS, runSteps, stepOf, trainingStep } from '../src/bench/step.ts'

/** A model's name from the command line. */
export function modelNamed(name: string | undefined): ModelName {
  if (name !== undefined && Object.hasOwn(MODELS, name)) return name as ModelName
  throw new RangeError(`name a model: ${Object.keys(MODELS).join(', ')}`)
}

/** A scheduled op in a table: its name, shapes and scope. */
export function nameOf(item: Item | null | undefined): string {
  if (!item) return 'bookkeeping'
  const { op, inputs, shape, scope } = item.node
  return `${op.name} ${inputs.map((i) => `[${i.shape}]`).join(' ')} → [${shape}]  ${scope}`
}
