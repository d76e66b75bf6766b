// The namespace `options` of the package: options.ts for those who write layers and models, with their arguments checked.
import {
  type All, anything, callable, checked, type Complete, count, type Given, isFunction, isListOf, isNumber, isRecord, isString,
  name, optional, type Rule, type Schema,
} from '../../options.ts'
import * as plain from '../../options.ts'

export { initializer } from '../../graph/leaves.ts'
export {
  count, finite, flag, fraction, fractionBelowOne, imageShape, isNumbers, name, notNegative, positive, shape, size, whole,
} from '../../options.ts'
export { activation } from '../activations.ts'
export { rate } from '../rate.ts'
export type { All, Complete, Given, Option, Required, Rule, Schema } from '../../options.ts'

const isRule = (x: unknown): x is Rule => isFunction((x as Rule | null | undefined)?.fault)
const isSchema = (x: unknown): x is Schema => isRecord(x) && Object.values(x).every(isRule)
const RULE = /* @__PURE__ */ plain.rule('a rule, such as options.count', isRule)
const TEXT = /* @__PURE__ */ plain.rule('a text', isString)
const NAMES = /* @__PURE__ */ plain.rule('one text at least',
  (x): x is readonly string[] => isListOf(x, isString), (x) => x.length > 0)
const SCHEMAS = /* @__PURE__ */ plain.rule('one object of rules at least',
  (x): x is readonly Schema[] => isListOf(x, isSchema), (x) => x.length > 0)
const LENGTH = /* @__PURE__ */ plain.rule('2 or 3', isNumber, (x) => x === 2 || x === 3)

/**
 * The rule that values are of a type (TypeError otherwise) and, where given, in a range (RangeError otherwise).
 * @param expected what values are: it completes "expected …"
 * @throws TypeError, RangeError where the arguments are no text and functions
 * @example
 * const even = options.rule('an even number', (x): x is number => Number.isInteger(x), (x) => x % 2 === 0)
 */
export const rule: typeof plain.rule = /* @__PURE__ */ checked('rule',
  { expected: name, isType: callable, inRange: optional(callable) }, plain.rule)

/**
 * An option of a schema, with the value that it has where it is left out, which is not held against the rule.
 * @throws TypeError where `rule` is none
 * @example
 * const OPTIONS = { latent: options.option(options.count, 20, 'size of the code') }
 */
export const option: typeof plain.option = /* @__PURE__ */ checked('option',
  { rule: RULE, initial: anything, help: optional(TEXT) }, plain.option)

/**
 * An option of a schema that must be given.
 * @throws TypeError where `rule` is none
 * @example
 * const OPTIONS = { units: options.required(options.count) }
 */
export const required: typeof plain.required = /* @__PURE__ */ checked('required', { rule: RULE }, plain.required)

/**
 * The options of `owner` (a layer, a model, say), with their defaults for those left out. Undefined counts as left out.
 * @param schemas one, or several that each have some of the options
 * @throws TypeError where an option, or all of them, have a wrong type; RangeError where a name or a value is wrong
 * @example
 * const { amount } = options.complete('sharpen', { amount: 2 }, { amount: options.option(options.notNegative, 1) })
 */
export function complete<S extends readonly Schema[]>(owner: string, given: Given<All<S>>, ...schemas: S): Complete<All<S>> {
  plain.check('complete', 'owner', owner, name)
  plain.check('complete', 'schemas', schemas, SCHEMAS)
  return plain.complete(owner, given, ...schemas)
}

/**
 * Holds a value against its rule.
 * @throws TypeError, RangeError where `x`, which `owner` calls `key`, breaks its rule
 * @example
 * options.check('sharpen', 'amount', 0.5, options.notNegative)
 */
export const check: typeof plain.check = /* @__PURE__ */ checked('check',
  { owner: name, key: name, x: anything, rule: RULE }, plain.check)

/**
 * The rule of an integer from 1 to `most`.
 * @throws TypeError, RangeError where `most` is no positive integer
 * @example
 * options.option(options.countUpTo(64), 3)
 */
export const countUpTo: typeof plain.countUpTo = /* @__PURE__ */ checked('countUpTo', { most: count }, plain.countUpTo)

/**
 * The rule of one of some texts.
 * @throws TypeError, RangeError where there is no text, or another value
 * @example
 * options.option(options.oneOf('relu', 'gelu'), 'relu')
 */
export function oneOf<const T extends string>(...values: readonly T[]): Rule<T> {
  plain.check('oneOf', 'values', values, NAMES)
  return plain.oneOf(...values)
}

/**
 * The rule of two or three positive integers.
 * @param what says what they are: it completes "expected 2 positive integers, …"
 * @throws TypeError, RangeError where `length` is neither 2 nor 3, or `what` no text
 * @example
 * options.option(options.counts(2, 'filters of both layers'), [32, 64])
 */
export const counts: typeof plain.counts = /* @__PURE__ */ checked('counts', { length: LENGTH, what: name }, plain.counts)
