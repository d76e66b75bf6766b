// Training in rounds, whatever the model: a definition around another. Each micro-batch is a run of its own for some steps; then
// parameters move by the mean of their changes, as an optimizer moves them by a gradient, and whatever else the steps changed
// (optimizers' slots, running statistics, averages) becomes the mean of what it is in each.
import { isVariable, type Variable, variable } from '../graph/leaves.ts'
import { changedBy } from '../graph/walk.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { assign } from '../ops/assign.ts'
import { zeros } from '../ops/fill.ts'
import { callable, check, complete, count, fractionBelowOne, type Given, notNegative, option, record } from '../options.ts'
import type { ModelDefinition, Stage } from './definition.ts'

const ROUNDS = {
  /** Steps of a round, H. Default 32. */
  localSteps: option(count, 32),
  /** η of the step that follows a round. Default 0.7. */
  learningRate: option(notNegative, 0.7),
  /** μ of that step, Nesterov's; 0 or more and less than 1. Default 0.9. */
  momentum: option(fractionBelowOne, 0.9),
}
export type RoundOptions = Given<typeof ROUNDS>

/** The variables that a step's stages change, each once: parameters first. */
export function changedInRound(stages: readonly Stage[]): { parameters: Variable[], others: Variable[] } {
  const all = [...new Set(stages.flatMap(({ updates = [] }) => updates.flatMap(changedBy)).filter(isVariable))]
  const isParameter = (v: Variable): boolean => v.attrs.role === 'parameter'
  return { parameters: all.filter(isParameter), others: all.filter((v) => !isParameter(v)) }
}

/**
 * `definition`, trained in rounds of `localSteps` steps (local SGD; DiLoCo, Douillard et al. 2023): workers speak to each other
 * once a round. `trainTogether` trains it; `Model.train` does not. An epoch leaves out the last samples that do not fill a step,
 * and its last round may be shorter.
 * @throws TypeError, RangeError for options that are not as described
 * @example
 * const model = await Model.create(runtime, inRounds(vae(), { localSteps: 32 }), { seed: 1 })
 * const work = createWork(model, digits, { batchSize: 16, microBatches: 8 })
 * for await (const { epoch, metrics } of trainTogether(work, localCrew(work))) console.log(epoch, metrics.loss)
 */
export function inRounds<M extends string, F extends string>(
  definition: ModelDefinition<M, F>, options: RoundOptions = {},
): ModelDefinition<M, F> {
  check('inRounds', 'the definition', definition, record)
  check('inRounds', 'definition.train', definition.train, callable)
  const { localSteps, learningRate, momentum } = complete('inRounds', options, ROUNDS)
  const known = new Map<Variable, Variable>()
  const memoryOf = (v: Variable): Variable => {
    const memory = known.get(v) ?? variable(`rounds/momentum/${v.attrs.name}`, v.shape, zeros, 'slot')
    known.set(v, memory)
    return memory
  }
  return {
    ...definition,
    keeps: (stages) => [
      ...(definition.keeps?.(stages) ?? []), ...(momentum ? changedInRound(stages).parameters.map(memoryOf) : []),
    ],
    rounds: {
      localSteps, learningRate, momentum,
      updates(parameter, change) {
        if (!momentum) return [assign(parameter, sub(parameter, mul(change, learningRate)))]
        const memory = add(mul(memoryOf(parameter), momentum), change)
        return [
          assign(parameter, sub(parameter, mul(add(change, mul(memory, momentum)), learningRate))),
          assign(memoryOf(parameter), memory),
        ]
      },
    },
  }
}
