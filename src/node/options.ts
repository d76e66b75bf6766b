// What arguments of `ganglion/node` may be, beside what layers and models have.
import { isCount, isNumber, isObject, rule } from '../options.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import type { Model } from '../train/model.ts'

/** Images of a walk, both ends included. */
export const stepsRule = rule('an integer of at least 2', isNumber, (x) => isCount(x) && x > 1)
export const runtimeRule = rule('what createRuntime gives', (x): x is Runtime => isObject(x) && 'session' in x)
export const modelRule = rule('a Model, which Model.create() promises: await it',
  (x): x is Model => isObject(x) && 'definition' in x)
export const pathRule = rule('a path', (x): x is string => typeof x === 'string', (x) => x !== '')
