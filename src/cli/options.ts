// Options of the command line as tables: one entry gives the parsing, the checking and the line in --help.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { MOST_THREADS } from '../runtime/create_runtime.ts'
import { wideVectors } from '../runtime/wide.ts'
import { isRangeError } from '../tag.ts'
import { nearest } from './nearest.ts'

/** The command line is not as --help says: exit code 2. */
export class UsageError extends Error {}

export interface Option<T = unknown> {
  readonly help: string
  /** What stands for the value in --help; an option without one is a flag. */
  readonly value?: string
  /** Reads the value; throws a RangeError that says what is expected. */
  readonly read?: (text: string) => T
  /** The default, as --help shows it. */
  readonly initial?: string | number
  readonly short?: string
}
export type Options = Readonly<Record<string, Option>>
export type Values<O extends Options> = { readonly [K in keyof O]?: O[K] extends { read: (text: string) => infer T } ? T : true }

export interface Parsed<O extends Options> {
  readonly positionals: readonly string[]
  readonly values: Values<O>
}

export const help = { help: { help: 'show this help', short: 'h' } } as const

/**
 * Takes the arguments apart by a table. `--name value` and `--name=value` are the same, negative numbers too; the last
 * of several counts.
 * @throws UsageError for an unknown option, a missing value, or one that cannot be read
 */
export function parse<O extends Options>(args: readonly string[], options: O): Parsed<O> {
  // Not strict: parseArgs's own messages speak of its configuration, and refuse `--epochs -1` as ambiguous.
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([name, { value, short }]) => {
      const type = value ? 'string' as const : 'boolean' as const
      return [name, short ? { type, short } : { type }]
    })),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const values: Record<string, unknown> = {}
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) {
      const known = Object.keys(options).map((key) => `--${key}`)
      throw new UsageError(`unknown option ${rawName}${nearest(rawName, known)}`)
    }
    if (!option.value) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value, got "${value}"`)
      values[name] = true
      continue
    }
    const missing = value === undefined || (!inlineValue && /^-(?!\.?\d|$)/.test(value))
    if (missing) throw new UsageError(`${rawName} expected a value (${option.value})${value ? `, got the option ${value}` : ''}`)
    values[name] = readValue(rawName, option, value)
  }
  return { positionals, values: values as Values<O> }
}

function readValue(name: string, option: Option, value: string): unknown {
  try {
    return option.read!(value)
  } catch (error) {
    if (isRangeError(error)) throw new UsageError(`${name} expected ${error.message}, got "${value}"`)
    throw error
  }
}

/** An integer from `least` to `most`, in digits. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER, named?: string) => (text: string): number => {
  const range = named ?? (most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`)
  if (!/^[+-]?\d+$/.test(text) || Number(text) < least || Number(text) > most) throw new RangeError(`an integer ${range}`)
  return Number(text)
}

/** Positive integers with commas between. */
export const integers = (text: string): number[] => {
  if (!/^\d+(,\d+)*$/.test(text) || text.split(',').some((n) => Number(n) < 1 || !Number.isSafeInteger(Number(n)))) {
    throw new RangeError('positive integers with commas between')
  }
  return text.split(',').map(Number)
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A number above 0. */
export const positive = (text: string): number => {
  const x = DECIMAL.test(text) ? Number(text) : NaN
  if (!(x > 0 && x < Infinity)) throw new RangeError('a number above 0')
  return x
}

export const choice = <T extends string>(...known: readonly T[]) => (text: string): T => {
  const found = known.find((name) => name === text)
  if (found === undefined) throw new RangeError(known.join(' or '))
  return found
}

/** Whether a path begins with a ~ that the shell left. */
export const isUnexpanded = (value: string): boolean => /^~(\/|$)/.test(value)

/** The path of a file or a folder. A shell expands ~ only where a word begins with it, so not in --out=~/runs. */
export const path = (value: string): string => {
  if (value === '') throw new RangeError('some text')
  if (isUnexpanded(value)) throw new RangeError('a path that the shell has expanded; put a space for =, or write $HOME for ~')
  return value
}

export const pngName = (value: string): string => {
  if (!/[^/\\]\.png$/i.test(value)) throw new RangeError('a name that ends in .png')
  return path(value)
}

export const seed = integer(0, Number.MAX_SAFE_INTEGER, 'from 0 to 2^53 - 1')

/** `auto`, or a number that createRuntime takes. */
export function threads(value: string): number | 'auto' {
  if (value === 'auto') return value
  try {
    return integer(1, MOST_THREADS)(value)
  } catch {
    throw new RangeError(`auto or an integer from 1 to ${MOST_THREADS}`)
  }
}

/** What Linux says of the processors; '' elsewhere. */
function processors(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}
/** Whether AVX2 is there, without which V8 joins no vectors, or not known to be missing. */
export const mayHaveAvx2 = (cpuinfo: string): boolean => !/^flags\s*:/m.test(cpuinfo) || /^flags\s*:.*\bavx2\b/m.test(cpuinfo)
/** Whether the command line takes wide vectors unless it is told: the process is its own, and the bits are the same. */
export const automaticWide = (): boolean => wideVectors().available && mayHaveAvx2(processors())

const widths = choice('on', 'off', 'auto')

/** What createRuntime takes. */
export function wide(value: string): boolean {
  const chosen = widths(value)
  return chosen === 'auto' ? automaticWide() : chosen === 'on'
}
