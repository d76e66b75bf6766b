// What options of `ganglion/node` may be, beside what layers and models have.
import { type Rule, rule } from '../options.ts'

const isNumber = (x: unknown): x is number => typeof x === 'number'
const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null

export const seedRule: Rule = rule('an integer from 0 to 2^53 - 1', isNumber, (x) => Number.isSafeInteger(x) && x >= 0)
/** Images of a walk, both ends included. */
export const stepsRule: Rule = rule('an integer of at least 2', isNumber, (x) => Number.isInteger(x) && x >= 2)
export const runtimeRule: Rule = rule('what createRuntime gives', isObject, (x) => 'session' in x)
