// Options, checked where they are given: each must be known, of its type, and within its range. One sentence each.
// A schema declares options once: their types, checks, defaults and descriptions.
// What makes rules and options is marked as free of side effects, so that bundlers leave out what nothing uses.
import { tagOf } from './tag.ts'

/** What an option or an argument of type `T` may be. */
export interface Rule<T = unknown> {
  /** Completes "expected …". */
  readonly expected: string
  /** The error that `x` deserves, or null. */
  fault(x: unknown): typeof TypeError | typeof RangeError | null
  /** For the compiler alone: the type of what passes. */
  readonly type?: T
}

/**
 * The rule that values are of a type (TypeError otherwise) and, where given, in a range (RangeError otherwise).
 */
/* @__NO_SIDE_EFFECTS__ */
export function rule<T>(expected: string, isType: (x: unknown) => x is T, inRange: (x: T) => boolean = () => true): Rule<T> {
  return { expected, fault: (x) => (!isType(x) ? TypeError : inRange(x) ? null : RangeError) }
}
/** What is checked elsewhere. */
export const anything: Rule = { expected: '', fault: () => null }

/** An option with the value that it has where it is left out, and, of a model, a line that says what it is. */
export interface Option<T = unknown> extends Rule<T> {
  readonly initial: T
  readonly help: string
}
/** An option that must be given. */
export interface Required<T = unknown> extends Rule<T> {
  readonly required: true
}
/** Options by their names. One that is a rule and no more may be left out, and is undefined then. */
export type Schema = Readonly<Record<string, Rule | Option | Required>>
type TypeOf<R> = R extends Rule<infer T> ? T : never
type RequiredIn<S> = { [K in keyof S]: S[K] extends Required ? K : never }[keyof S]
/** What a caller gives of a schema: any of its options, and those that must be given. */
export type Given<S> = { readonly [K in keyof S]?: TypeOf<S[K]> } & { readonly [K in RequiredIn<S>]: TypeOf<S[K]> }
/** All options of a schema. */
export type Complete<S> = {
  readonly [K in keyof S]: S[K] extends Option | Required ? TypeOf<S[K]> : TypeOf<S[K]> | undefined
}

/** An option of a schema: `latent: option(count, 20, 'size of the code')`. */
/* @__NO_SIDE_EFFECTS__ */
export function option<T>(r: Rule<T>, initial: NoInfer<T>, help = ''): Option<T> {
  return { expected: r.expected, fault: r.fault, initial, help }
}
/* @__NO_SIDE_EFFECTS__ */
export function required<T>(r: Rule<T>): Required<T> {
  return { ...r, required: true }
}
/** The rule of an argument that may be left out. */
/* @__NO_SIDE_EFFECTS__ */
export function optional<T>(r: Rule<T>): Rule<T | undefined> {
  return { ...r, fault: (x) => (x === undefined ? null : r.fault(x)) }
}

/** Several schemas as one. */
export type All<S extends readonly Schema[]> =
  S extends readonly [infer A extends Schema, ...infer Rest extends readonly Schema[]] ? A & All<Rest> : unknown

/**
 * The options of `owner` (a layer, a model, say), with their defaults for those left out. Undefined counts as left out.
 * @param schemas one, or several that each have some of the options: those of all layers are declared once
 * @throws TypeError where an option, or all of them, have a wrong type; RangeError where a name or a value is wrong
 */
export function complete<S extends readonly Schema[]>(
  owner: string, given: Given<All<S>>, ...schemas: S
): Complete<All<S>> {
  const schema = Object.assign({}, ...schemas) as Readonly<Record<string, Option & Required>>
  const names = (): string => Object.keys(schema).join(', ')
  if (!isRecord(given)) throw new TypeError(`${owner}: the options are ${shown(given)}, expected an object with ${names()}`)
  const values: Readonly<Record<string, unknown>> = given
  for (const key of Object.keys(values)) {
    if (values[key] === undefined || Object.hasOwn(schema, key)) continue
    throw new RangeError(`${owner}: there is no option '${key}'; it takes ${names()}`)
  }
  const all: Record<string, unknown> = {}
  for (const key in schema) {
    const value = values[key]
    const r = schema[key]!
    if (value !== undefined || r.required) check(owner, key, value, r)
    all[key] = value ?? r.initial
  }
  return all as Complete<All<S>>
}

/** @throws TypeError, RangeError where `x`, which `owner` calls `key`, breaks its rule */
export function check(owner: string, key: string, x: unknown, { fault, expected }: Rule): void {
  const Fault = fault(x)
  if (Fault) throw new Fault(`${owner}: ${key} is ${shown(x)}, expected ${expected}`)
}

/**
 * `f`, with a check of its arguments before.
 * @param rules what they may be, by their names, in their order
 */
/* @__NO_SIDE_EFFECTS__ */
export function checked<A extends readonly unknown[], R>(
  owner: string, rules: Readonly<Record<string, Rule>>, f: (...args: A) => R,
): (...args: A) => R {
  return (...args) => {
    let i = 0
    for (const key in rules) check(owner, key, args[i++], rules[key]!)
    return f(...args)
  }
}

export const isNumber = (x: unknown): x is number => typeof x === 'number'
export const isString = (x: unknown): x is string => typeof x === 'string'
export const isObject = (x: unknown): x is object => Object(x) === x
/** An object of named values, or a module of them: no list, function, Map, Date, promise or other kind of the platform's. */
export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => /^(Object|Module)$/.test(tagOf(x))
const isFlag = (x: unknown): x is boolean => typeof x === 'boolean'
/** A list of what fits. A hole in it is undefined: `every` would not look at it. */
export const isListOf = <T>(x: unknown, fits: (x: unknown) => x is T): x is readonly T[] => (
  Array.isArray(x) && x.findIndex((each) => !fits(each)) < 0)
/**
 * @example
 * options.isNumbers([1, 2]) // true
 */
export const isNumbers = (x: unknown): x is readonly number[] => isListOf(x, isNumber)
const isPair = (x: unknown): x is number | readonly [number, number] => isNumber(x) || isNumbers(x)
export const isFunction = (x: unknown): x is (...args: never[]) => unknown => typeof x === 'function'

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
/** 1,000 where it is 1000. */
const inThousands = (n: number): string => `${n}`.replace(/\B(?=(\d{3})+$)/g, ',')
/* @__NO_SIDE_EFFECTS__ */
export function countUpTo(most: number): Rule<number> {
  return rule(`an integer from 1 to ${inThousands(most)}`, isNumber, (n) => isCount(n) && n <= most)
}
/* @__NO_SIDE_EFFECTS__ */
export function oneOf<const T extends string>(...values: readonly T[]): Rule<T> {
  return rule(values.map((v) => `'${v}'`).join(' or '), isString as (x: unknown) => x is T, (x) => values.includes(x))
}
/** One number for both axes of an image, or [height, width]. */
export const size = rule('a positive integer or two, [height, width]', isPair,
  (x) => (isNumber(x) ? isCount(x) : x.length === 2 && x.every(isCount)))
/** One or several, negative from the end: which there are, the tensor's shape says. */
export const axes = rule('an axis, a list of axes, or undefined for all',
  (x): x is number | readonly number[] | undefined => x === undefined || isNumber(x) || isNumbers(x))
export const isFloats = (x: unknown): x is Float32Array => /^Float32A/.test(tagOf(x))
/** Those of a canvas, which are clamped, too. */
export const isBytes = (x: unknown): x is Uint8Array | Uint8ClampedArray => /^Uint8[AC]/.test(tagOf(x))
export const isPixels = (x: unknown): x is Uint8Array | Uint8ClampedArray | Float32Array => isBytes(x) || isFloats(x)
/** Numbers in a list or in a typed array. */
export const isArrayOfNumbers = (x: unknown): x is ArrayLike<number> => isNumbers(x) || /^(Float|Uint|Int)\d/.test(tagOf(x))
export const numbers = rule('numbers in a list or a typed array', isArrayOfNumbers)
export const pixels = rule('a Uint8Array (0 to 255) or a Float32Array', isPixels)
export const floats = rule('a Float32Array', isFloats)
export const list = rule('a list', (x): x is readonly unknown[] => Array.isArray(x))
export const record = rule('an object', isRecord)
/* @__NO_SIDE_EFFECTS__ */
export function listOf<T>(what: string, fits: (x: unknown) => x is T): Rule<readonly T[]> {
  return rule(`a list of ${what}`, (x): x is readonly T[] => isListOf(x, fits))
}
export const callable = rule('a function', isFunction)
export const seed = rule('an integer from 0 to 2^53 - 1', isNumber, (x) => Number.isSafeInteger(x) && x >= 0)
/** How a window moves over an image. */
export const WINDOW = {
  /** Default 1; for pooling the window's size. */
  strides: size,
  /** Default 'valid'. */
  padding: option(oneOf('valid', 'same'), 'valid'),
}
type Numbers<N extends 2 | 3> = { 2: readonly [number, number], 3: readonly [number, number, number] }[N]
/* @__NO_SIDE_EFFECTS__ */
export function counts<N extends 2 | 3>(length: N, what: string): Rule<Numbers<N>> {
  const isType = isNumbers as unknown as (x: unknown) => x is Numbers<N>
  return rule(`${length} positive integers, ${what}`, isType, (x) => x.length === length && x.every(isCount))
}
export const signal = rule('an AbortSignal', (x): x is AbortSignal => typeof (x as AbortSignal | null)?.aborted === 'boolean')
export const imageShape = counts(3, '[height, width, channels]')
export const shape = rule('a list of positive integers', isNumbers, (x) => x.every(isCount))
/** A value for a message: short strings in quotes, short lists as they are, of other objects what they are. */
export function shown(x: unknown): string {
  if (typeof x === 'string') return `'${x.length > 99 ? `${x.slice(0, 99)}…` : x}'`
  if (Array.isArray(x) && x.length < 9) return `[${Array.from(x, shown).join(', ')}]`
  if (!isObject(x)) return String(x)
  const kind = x.constructor?.name ?? 'Object'
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`
}
