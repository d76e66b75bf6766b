// What users see as `options`. Apart from the rules themselves: of modules that an object names, bundlers keep all.
export {
  activation, checkOptions, complete, count, counts, finite, flag, fraction, imageShape, initializer, isNumbers, name,
  notNegative, oneOf, option, positive, required, rule, shape, share, size,
} from '../../options.ts'
export type { Complete, Given, Option, Rule, Schema } from '../../options.ts'
