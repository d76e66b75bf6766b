// Numbers that the host sets between runs, as scalars of the graph.
import { constant, type Variable, variable } from '../graph/leaves.ts'
import { check, finite, name as nameRule } from '../options.ts'

/**
 * A scalar that a definition's graphs may use and the host may set by name between runs, a weight of a loss, say: a variable
 * (role 'hyperparameter') that no step changes. It is a part of the state, and so of the digest, where a training step uses it.
 * @param name unique among the model's variables
 * @throws TypeError, RangeError where the name is none, or the value is no finite number
 * @example
 * const beta = hyperparameter('beta', 4)
 */
export function hyperparameter(name: string, value: number): Variable {
  check('hyperparameter', 'name', name, nameRule)
  check(`hyperparameter '${name}'`, 'the value', value, finite)
  return variable(name, [], () => constant(value), 'hyperparameter')
}
