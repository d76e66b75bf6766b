// Options, checked where they are given: each must be known, of its type, and within its range. One sentence each.
// A schema declares options once: their types, checks, defaults and descriptions.
// What makes rules and options is marked as free of side effects, so that bundlers leave out what nothing uses.

/** What an option of type `T` may be. */
export interface Rule<T = unknown> {
  /** Completes "expected …". */
  readonly expected: string
  /** The error that `x` deserves, or null. */
  fault(x: unknown): typeof TypeError | typeof RangeError | null
  readonly required?: boolean
  /** For the compiler alone: the type of what passes. */
  readonly type?: T
}

/** The rule that values are of a type (TypeError otherwise) and, where given, in a range (RangeError otherwise). */
/* @__NO_SIDE_EFFECTS__ */
export function rule<T>(expected: string, isType: (x: unknown) => x is T, inRange: (x: T) => boolean = () => true): Rule<T> {
  return { expected, fault: (x) => (!isType(x) ? TypeError : inRange(x) ? null : RangeError) }
}
/** What is checked elsewhere. */
export const anything: Rule = { expected: '', fault: () => null }
/* @__NO_SIDE_EFFECTS__ */
export function required<T>(r: Rule<T>): Rule<T> {
  return { ...r, required: true }
}

/** An option: what it may be, its value where it is left out, and a line that says what it is. */
export interface Option<T = unknown> {
  readonly rule: Rule<T>
  readonly initial: T
  readonly help: string
}
/** Options by their names. */
export type Schema = Readonly<Record<string, Option>>
type TypeOf<O> = O extends Option<infer T> ? T : never
/** What a caller gives of a schema: any of its options. */
export type Given<S extends Schema> = { readonly [K in keyof S]?: TypeOf<S[K]> }
/** All options of a schema. */
export type Complete<S extends Schema> = { readonly [K in keyof S]: TypeOf<S[K]> }

/** An option of a schema: `latent: option(count, 20, 'size of the code')`. */
/* @__NO_SIDE_EFFECTS__ */
export function option<T>(r: Rule<T>, initial: NoInfer<T>, help: string): Option<T> {
  return { rule: r, initial, help }
}

/**
 * The options of `owner`, with their defaults for those left out.
 * @throws TypeError, RangeError as `checkOptions` does
 */
export function complete<S extends Schema>(owner: string, given: Given<S>, schema: S): Complete<S> {
  checkOptions(owner, given, Object.fromEntries(Object.entries(schema).map(([key, { rule: r }]) => [key, r])))
  const all = Object.entries(schema).map(([key, { initial }]) => [key, given[key] ?? initial])
  return Object.fromEntries(all) as Complete<S>
}

export const isNumber = (x: unknown): x is number => typeof x === 'number'
const isString = (x: unknown): x is string => typeof x === 'string'
export const isObject = (x: unknown): x is object => Object(x) === x
const isFlag = (x: unknown): x is boolean => typeof x === 'boolean'
export const isNumbers = (x: unknown): x is readonly number[] => Array.isArray(x) && x.every(isNumber)
const isNumberOrNumbers = (x: unknown): x is number | readonly number[] => isNumber(x) || isNumbers(x)
const isFunction = (x: unknown): x is () => unknown => typeof x === 'function'
const isStringOrFunction = (x: unknown): x is string | (() => unknown) => isString(x) || isFunction(x)

export const isCount = (n: number): boolean => Number.isInteger(n) && n > 0

export const count = rule('a positive integer', isNumber, isCount)
export const whole = rule('0 or a positive integer', isNumber, (x) => x === 0 || isCount(x))
export const aNumber = rule('a number', isNumber)
export const finite = rule('a finite number', isNumber, (x) => Number.isFinite(x))
export const notNegative = rule('0 or more', isNumber, (x) => x >= 0 && x < Infinity)
export const positive = rule('a number greater than 0', isNumber, (x) => x > 0 && x < Infinity)
/** A rate of decay. */
export const fractionBelowOne = rule('0 or more and less than 1', isNumber, (x) => x >= 0 && x < 1)
export const fraction = rule('a number from 0 to 1', isNumber, (x) => x >= 0 && x <= 1)
export const flag = rule('true or false', isFlag)
export const name = rule('a name of at least one character', isString, (x) => x.length > 0)
export const initializer = rule("an initializer, such as zeros() of 'initializers'", isFunction)
/** `activationOf` says which names there are. */
export const activation = rule('the name of an activation or a function', isStringOrFunction)
/* @__NO_SIDE_EFFECTS__ */
export function oneOf<const T extends string>(...values: readonly T[]): Rule<T> {
  return rule(values.map((v) => `'${v}'`).join(' or '), isString as (x: unknown) => x is T, (x) => values.includes(x))
}
/** One number for both axes of an image, or [height, width]. */
export const size = rule('a positive integer or two, [height, width]', isNumberOrNumbers,
  (x) => (isNumber(x) ? isCount(x) : x.length === 2 && x.every(isCount)))
/** By its tag: an array may come from another realm. */
const tagged = (x: unknown, tag: RegExp): boolean => tag.test({}.toString.call(x))
export const isFloats = (x: unknown): x is Float32Array => tagged(x, /Float32A/)
/** Those of a canvas, which are clamped, too. */
export const isBytes = (x: unknown): x is Uint8Array | Uint8ClampedArray => tagged(x, /Uint8[AC]/)
export const isPixels = (x: unknown): x is Uint8Array | Uint8ClampedArray | Float32Array => isBytes(x) || isFloats(x)
export const pixels = rule('a Uint8Array (0 to 255) or a Float32Array', isPixels)
export const floats = rule('a Float32Array', isFloats)
export const list = rule('a list', (x): x is unknown[] => Array.isArray(x))
export const callable = rule('a function', isFunction)
export const seed = rule('an integer from 0 to 2^53 - 1', isNumber, (x) => Number.isSafeInteger(x) && x >= 0)
/** How a window moves over an image. */
export const WINDOW = { strides: size, padding: oneOf('valid', 'same') }
type Numbers<N extends 2 | 3> = { 2: readonly [number, number], 3: readonly [number, number, number] }[N]
/* @__NO_SIDE_EFFECTS__ */
export function counts<N extends 2 | 3>(length: N, what: string): Rule<Numbers<N>> {
  const isType = isNumbers as unknown as (x: unknown) => x is Numbers<N>
  return rule(`${length} positive integers, ${what}`, isType, (x) => x.length === length && x.every(isCount))
}
export const signal = rule('an AbortSignal', (x): x is AbortSignal => typeof (x as AbortSignal | null)?.aborted === 'boolean')
export const imageShape = counts(3, '[height, width, channels]')
export const shape = rule('a list of positive integers', isNumbers, (x) => x.every(isCount))
/** A value for a message: strings in quotes, short lists as they are, of other objects what they are. */
export function shown(x: unknown): string {
  if (typeof x === 'string') return `'${x}'`
  if (Array.isArray(x) && x.length < 9) return `[${x.map(shown).join(', ')}]`
  if (!isObject(x)) return String(x)
  const kind = x.constructor?.name ?? 'Object'
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** @throws TypeError, RangeError where `x`, which `owner` calls `key`, breaks its rule */
export function check(owner: string, key: string, x: unknown, { fault, expected }: Rule): void {
  const Fault = fault(x)
  if (Fault) throw new Fault(`${owner}: ${key} is ${shown(x)}, expected ${expected}`)
}

/**
 * Refuses options of `owner` (a layer, an optimizer, say) that it does not know or that break their rule. An option
 * that is undefined counts as left out.
 * @throws TypeError where an option, or all of them, have a wrong type; RangeError where a name or a value is wrong
 */
export function checkOptions(owner: string, options: object, known: Readonly<Record<string, Rule>>): void {
  const names = Object.keys(known).join(', ')
  if (!isObject(options) || Array.isArray(options)) {
    throw new TypeError(`${owner}: the options are ${shown(options)}, expected an object with ${names}`)
  }
  const given = options as Readonly<Record<string, unknown>>
  for (const key of Object.keys(given)) {
    if (given[key] === undefined || Object.hasOwn(known, key)) continue
    throw new RangeError(`${owner}: there is no option '${key}'; it takes ${names}`)
  }
  for (const [key, r] of Object.entries(known)) if (given[key] !== undefined || r.required) check(owner, key, given[key], r)
}
