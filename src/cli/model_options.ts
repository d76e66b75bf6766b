// The flags of models, made of their schemas: names in kebab case, values read by the default's type and checked by the rule.
import type { ModelDefinition } from '../models/definition.ts'
import type { ModelKind, Schema } from '../models/kind.ts'
import { plainOptions } from '../nn/rate.ts'
import { from, linear, type SavedSchedule } from '../nn/schedules.ts'
import { isNumber, isObject, type Option as ModelOption } from '../options.ts'
import { type Option, type Options, UsageError } from './options.ts'

type ModelOptions = ModelDefinition['options']
type Value = ModelOptions[string]

/** What no flag says: the data do. */
const FROM_DATA: readonly string[] = ['imageShape', 'classes']

export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
export const shownValue = (value: unknown): string =>
  (Array.isArray(value) ? value.join() : isObject(value) ? JSON.stringify(value) : String(value))

/** Whether an option may be a number or a schedule. */
const isRate = ({ fault, initial }: ModelOption): boolean =>
  !Array.isArray(initial) && (isNumber(initial) || isObject(initial)) && !fault(linear({ initial: 0, final: 0, steps: 1 }))

/** What stands for its value in --help. */
const valueOf = (option: ModelOption): string =>
  (isRate(option) ? 'N|JSON' : Array.isArray(option.initial) ? 'N,N…' : isNumber(option.initial) ? 'N' : 'HOW')

/** What a model lets the command line set. */
const flagsIn = (schema: Schema): (readonly [flag: string, key: string, option: ModelOption])[] =>
  Object.entries(schema).filter(([key]) => !FROM_DATA.includes(key)).map(([key, option]) => [kebab(key), key, option])

/** Of a model's options, those that flags set. */
export const flagValues = ({ options: schema }: Pick<ModelKind, 'options'>, options: ModelOptions): ModelOptions =>
  Object.fromEntries(flagsIn(schema).map(([, key]) => [key, options[key]!]))

/**
 * The flags of `kinds`, in one table. Several may share a flag: its help says what they mean by it, and who has which default.
 * Values stay text until it is known which model they are for.
 */
export function flagsOf(kinds: readonly Pick<ModelKind, 'kind' | 'options'>[]): Options {
  const uses = new Map<string, { kind: string, option: ModelOption }[]>()
  for (const { kind, options } of kinds) {
    for (const [flag, , option] of flagsIn(options)) uses.set(flag, [...(uses.get(flag) ?? []), { kind, option }])
  }
  return Object.fromEntries([...uses].map(([flag, all]): [string, Option<string>] => {
    const values = all.map(({ option }) => shownValue(option.initial))
    const distinct = [...new Set(values)]
    const kindsWith = (value: string) => all.filter((_, i) => values[i] === value).map(({ kind }) => kind)
    const same = distinct.length === 1 && all.length === kinds.length
    return [flag, {
      value: valueOf(all[0]!.option),
      help: [...new Set(all.map(({ option }) => option.help))].join(', or '),
      initial: same ? distinct[0]
        : distinct.map((value) => `${kindsWith(value).join(', ')} ${value}`).join('; '),
      read: (text) => text,
    }]
  }))
}

/**
 * The options of a model from flags that were given, as text.
 * @throws UsageError for one that the model does not have, or a value that it does not take
 */
export function optionsFrom(
  { kind, options }: Pick<ModelKind, 'kind' | 'options'>, given: Readonly<Record<string, unknown>>, others: readonly ModelKind[],
): ModelOptions {
  const flags = flagsIn(options)
  const chosen: Record<string, Value> = {}
  for (const flag of Object.keys(flagsOf([...others, { kind, options }]))) {
    const text = given[flag] as string | undefined
    if (text === undefined) continue
    const own = flags.find(([name]) => name === flag)
    if (!own) {
      const owners = others.filter((other) => flagsIn(other.options).some(([name]) => name === flag)).map((other) => other.kind)
      throw new UsageError(`--${flag} is an option of ${owners.join(', ').replace(/, (?=[\w-]+$)/, ' and ')}, not of ${kind}`)
    }
    const [, key, option] = own
    chosen[key] = read(`--${flag}`, text, option)
  }
  return chosen
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const numberIn = (text: string): number => (DECIMAL.test(text) ? Number(text) : NaN)

function read(flag: string, text: string, option: ModelOption): Value {
  const { fault, expected, initial } = option
  const [many, rated] = [Array.isArray(initial), isRate(option)]
  const value = rated && text.startsWith('{') ? scheduleIn(flag, text)
    : many ? text.split(',').map(numberIn) : rated || typeof initial === 'number' ? numberIn(text)
      : typeof initial === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
  if (!fault(value)) return plainOptions({ value })['value'] as Value
  const how = many ? ', with commas between' : rated ? ' as JSON' : ''
  throw new UsageError(`${flag} expected ${expected}${how}, got "${text}"`)
}

function scheduleIn(flag: string, text: string): unknown {
  try {
    return from(JSON.parse(text) as SavedSchedule)
  } catch (cause) {
    throw new UsageError(`${flag} expected a schedule as JSON, such as {"schedule":"cosine","initial":1e-3,"steps":2000}, ` +
      `got "${text}": ${(cause as Error).message}`)
  }
}
