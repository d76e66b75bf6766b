// A definition's training step as stages to compile. Invariant: where a running statistic's update goes depends on the
// graph alone, not on the order in which a definition applies layers and makes its stages.
import { isLeaf, topological } from '../graph/walk.ts'
import type { Tensor } from '../graph/tensor.ts'
import { Pass } from '../nn/layer.ts'
import type { Batch, ModelDefinition, StageSpec } from './definition.ts'

/** The stages of one training step on `batch`, with the updates that layers asked for on the side. */
export function trainingStages(definition: Pick<ModelDefinition, 'train'>, batch: Batch, pass = new Pass(true)): StageSpec[] {
  return placeUpdates(definition.train(batch, pass), pass.updates)
}

/** All tensors that stages compute and depend on. */
export const tensorsOf = (stages: readonly StageSpec[]): Tensor[] =>
  topological(stages.flatMap(({ outputs = {}, metrics = {}, updates = [] }) => [
    ...Object.values(outputs), ...Object.values(metrics), ...updates,
  ]))

/**
 * `stages` with each of `updates` in the stage that computes most of what it is made from, the first of equals: there is
 * nothing to compute twice, and the statistic is of what that stage saw. An update that no stage computes anything of (a mean
 * of weights, say) goes to the last. They come after a stage's own updates, in the order in which they were asked for.
 */
export function placeUpdates(stages: readonly StageSpec[], updates: readonly Tensor[]): StageSpec[] {
  if (!stages.length || !updates.length) return [...stages]
  const computed = stages.map((stage) => new Set(tensorsOf([stage])))
  const added: Tensor[][] = stages.map(() => [])
  for (const update of updates) {
    const needed = topological(update.inputs).filter((t) => !isLeaf(t))
    const shared = computed.map((has) => needed.filter((t) => has.has(t)).length)
    const most = Math.max(...shared)
    added[most ? shared.indexOf(most) : stages.length - 1]!.push(update)
  }
  return stages.map((stage, s) => ({ ...stage, updates: [...(stage.updates ?? []), ...added[s]!] }))
}
