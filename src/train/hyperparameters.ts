// Numbers that a run keeps with its weights and that may be changed between two chunks of training, by name.
// Invariant: what undoes a bad step knows them, so a step is run again with the values that it had.
import type { Variable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { LEARNING_RATE } from '../nn/optimizers.ts'
import { plainRate } from '../nn/rate.ts'
import { check, finite, type Rule, shown } from '../options.ts'
import type { Session } from '../runtime/session.ts'

/** One element of a variable. */
export interface Hyperparameter {
  /** `adam/learningRate`, or a variable's own name. */
  readonly name: string
  readonly variable: Variable
  readonly index: number
  /** What its values may be; null where steps set it by a schedule, so that the host cannot. */
  readonly rule: Rule | null
}

/** Those of a model: the learning rate of each of its optimizers, and what `hyperparameter(name, value)` made. */
export function hyperparametersOf({ optimizers = [] }: ModelDefinition, session: Session): Hyperparameter[] {
  const rates = optimizers.filter(({ state }) => session.variables.includes(state)).map(({ name, state, schedule }) => (
    { name: `${name}/learningRate`, variable: state, index: LEARNING_RATE, rule: schedule ? null : plainRate }
  ))
  const own = session.variables.filter((v) => v.attrs.role === 'hyperparameter')
  return [...rates, ...own.map((variable) => ({ name: variable.attrs.name, variable, index: 0, rule: finite }))]
}

export const valuesOf = (session: Session, hyperparameters: readonly Hyperparameter[]): number[] =>
  hyperparameters.map(({ variable, index }) => session.read(variable)[index]!)

export function writeValues(session: Session, hyperparameters: readonly Hyperparameter[], values: readonly number[]): void {
  hyperparameters.forEach(({ variable, index }, i) => {
    const all = session.read(variable)
    all[index] = values[i]!
    session.write(variable, all)
  })
}

/**
 * Sets the hyper-parameter `name` among `all`.
 * @throws RangeError where there is none of that name, a schedule sets it, or the value is out of its range; TypeError where
 *   the value is no number
 */
export function setValue(session: Session, all: readonly Hyperparameter[], name: string, value: number): void {
  const found = all.find((each) => each.name === name)
  if (!found) {
    const names = all.map((each) => each.name).join(', ') || 'none'
    throw new RangeError(`setHyperparameter: there is no hyper-parameter ${shown(name)}; the model has: ${names}`)
  }
  if (!found.rule) {
    throw new RangeError(`setHyperparameter: '${name}' follows a schedule, which sets it anew at each step; ` +
      'give the optimizer a number to set it by hand')
  }
  check('setHyperparameter', name, value, found.rule)
  writeValues(session, [found], [value])
}
