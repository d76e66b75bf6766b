// The namespace `options` of the package: what users see of options.ts (bundlers keep all that a namespace holds).
export {
  activation, checkOptions, complete, count, counts, finite, flag, fraction, fractionBelowOne, imageShape, initializer,
  isNumbers, name, notNegative, oneOf, option, positive, required, rule, shape, size,
} from '../../options.ts'
export { rate } from '../rate.ts'
export type { Complete, Given, Option, Rule, Schema } from '../../options.ts'
