// The flags of export formats, made of their schemas: names in kebab case, one of true or false without a value.
import { type Format, type FormatSchema } from '../export/format.ts'
import type { Option as FormatOption } from '../options.ts'
import { kebab, shownValue } from './model_options.ts'
import { type Option, type Options, UsageError } from './options.ts'

const isFlag = ({ initial }: FormatOption): boolean => typeof initial === 'boolean'

/** The flags of a format, whose values stay text until it is known which format they are for. */
export const flagsOfFormat = (schema: FormatSchema): Options =>
  Object.fromEntries(Object.entries(schema).map(([key, option]): [string, Option] => {
    const { help, initial } = option
    if (isFlag(option)) return [kebab(key), { help }]
    const value = option.fault(1) === null ? 'N' : 'HOW'
    return [kebab(key), { value, help, read: (text) => text, ...(initial !== undefined && { initial: shownValue(initial) }) }]
  }))

/**
 * The options of `format` from flags that were given.
 * @throws UsageError for a flag of other formats, or a value that it does not take
 */
export function formatOptions(
  format: Format, given: Readonly<Record<string, unknown>>, all: readonly Format[],
): Record<string, unknown> {
  for (const { options } of all) {
    const flag = Object.keys(options).map(kebab).find((name) => given[name] !== undefined)
    if (flag === undefined || Object.keys(format.options).map(kebab).includes(flag)) continue
    const owners = all.filter((other) => Object.keys(other.options).map(kebab).includes(flag)).map(({ name }) => name)
    throw new UsageError(`--${flag} is an option of ${owners.join(' and ')}, not of ${format.name}`)
  }
  return Object.fromEntries(Object.entries(format.options).flatMap(([key, option]) => {
    const text = given[kebab(key)]
    return text === undefined ? [] : [[key, text === true ? true : read(kebab(key), text as string, option)]]
  }))
}

/** What a text means: a number or the text itself, whichever the option takes. */
function read(flag: string, text: string, { fault, expected }: FormatOption): unknown {
  const values = [/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN, text]
  const fitting = values.find((value) => fault(value) === null)
  if (fitting === undefined) throw new UsageError(`--${flag} expected ${expected}, got "${text}"`)
  return fitting
}
