// What users see as `options`. Apart from the rules themselves: of modules that an object names, bundlers keep all.
export {
  activation, checkOptions, count, counts, finite, flag, fraction, imageShape, initializer, name, notNegative, oneOf, positive,
  required, rule, shape, share, size,
} from '../../options.ts'
export type { Rule } from '../../options.ts'
