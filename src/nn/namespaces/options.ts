// The namespace `options` of the package: what users see of options.ts (bundlers keep all that a namespace holds).
export { initializer } from '../../graph/leaves.ts'
export {
  check, complete, count, counts, countUpTo, finite, flag, fraction, fractionBelowOne, imageShape, isNumbers, name, notNegative,
  oneOf, option, positive, required, rule, shape, size, whole,
} from '../../options.ts'
export { activation } from '../activations.ts'
export { rate } from '../rate.ts'
export type { Complete, Given, Option, Required, Rule, Schema } from '../../options.ts'
