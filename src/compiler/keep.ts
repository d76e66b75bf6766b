// A stage sees the variables as they were when it began. What is computed has memory of its own; a variable that is
// itself an output, or the value of an update, is copied here before an update of the stage can change it.
import { changedBy, memoryOf } from '../graph/walk.ts'
import { copy } from '../ops/copy.ts'
import { type Stage } from './schedule.ts'
import { Tensor } from '../graph/tensor.ts'

/** The stages with those copies in them. */
export function keepValues(stages: readonly Stage[]): Stage[] {
  const everChanged = new Set(stages.flatMap((stage) => stage.updates.flatMap(changedBy)))
  return stages.map(({ outputs, updates, order }) => {
    const copies = new Map<Tensor, Tensor>()
    const kept = (node: Tensor): Tensor => {
      const known = copies.get(node) ?? copy(node)
      copies.set(node, known)
      return known
    }
    const changed = new Set<Tensor>()
    const ordered = updates.map((update) => {
      const value = update.inputs.length > 1 ? update.inputs.at(-1)! : null
      const late = value && changed.has(memoryOf(value))
      for (const variable of changedBy(update)) changed.add(variable)
      if (!late) return update
      return new Tensor(update.op, [...update.inputs.slice(0, -1), kept(value)], update.attrs, update.shape, update.scope)
    })
    const held = outputs.map((output) => (everChanged.has(memoryOf(output)) ? kept(output) : output))
    return { outputs: held, updates: ordered, order }
  })
}
