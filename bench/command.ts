// A sub-command of `npm run bench`: what it takes, and what it does. Its options are declared once, by their defaults.
import { parseArgs } from 'node:util'
import { modelNames, type ModelName } from '../src/models/kinds.ts'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'

/** Says what an option takes: a positive integer, several with commas between, a text ('' is none), or, where false, nothing. */
type Default = number | readonly number[] | string | false
type Value<D> = D extends number ? number : D extends readonly number[] ? readonly number[] : D extends string ? string : boolean
type Defaults = Readonly<Record<string, Default>>
type Values<D> = { readonly [K in keyof D]: Value<D[K]> }

export interface Command<D extends Defaults = Defaults> {
  readonly summary: string
  /** What it takes before its options: `[MODEL …]`. */
  readonly takes?: string
  readonly options: D
  /** Prints what it finds, and returns what `--json` writes. */
  run(options: Values<D>, names: readonly string[]): Promise<object>
}

/** Keeps the options' types for `run`, and hides them from the list of commands. */
export const command = <D extends Defaults>(made: Command<D>): Command => made

/** Which build is measured. */
export const BUILD = { wide: false, relaxed: false } as const
export const buildOf = ({ wide, relaxed }: Values<typeof BUILD>): Pick<RuntimeOptions, 'wide' | 'precision'> =>
  ({ wide, precision: relaxed ? 'relaxed' : 'deterministic' })

/** The models that were named: all, where none was. */
export const modelsOf = (names: readonly string[]): readonly ModelName[] => namedOf(names, modelNames)

/** Those that were named, of those that are known: all of these, where none was. */
export function namedOf<M extends string>(names: readonly string[], known: readonly M[]): readonly M[] {
  const unknown = names.find((name) => !known.some((one) => one === name))
  if (unknown !== undefined) throw new RangeError(`no model is called "${unknown}"; there are: ${known.join(', ')}`)
  return names.length ? names as readonly M[] : known
}

function read(option: string, text: string, initial: Default): Value<Default> {
  if (typeof initial === 'string') return text
  const numbers = text.split(',').map(Number)
  const wanted = typeof initial === 'number' ? 'a positive integer' : 'positive integers with commas between'
  if (!numbers.every((n) => Number.isInteger(n) && n > 0) || (typeof initial === 'number' && numbers.length > 1)) {
    throw new RangeError(`--${option} expected ${wanted}, got "${text}"`)
  }
  return typeof initial === 'number' ? numbers[0]! : numbers
}

interface Given {
  readonly options: Values<Defaults>
  readonly names: readonly string[]
  /** A file for what was found, which every command has. */
  readonly json: string | undefined
}

/** Reads the command line after the command's name. */
export function parse({ takes, options }: Command, args: readonly string[]): Given {
  const all = Object.entries(options)
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: takes !== undefined,
    options: Object.fromEntries([...all, ['json', ''] as const].map(([name, initial]) =>
      [name, { type: initial === false ? 'boolean' : 'string' } as const])),
  })
  const valueOf = ([name, initial]: [string, Default]) => {
    const given = values[name]
    return [name, typeof given === 'string' ? read(name, given, initial) : (given ?? initial)] as const
  }
  return { options: Object.fromEntries(all.map(valueOf)), names: positionals, json: values['json'] as string | undefined }
}

/** `[MODEL …] [--windows 60] [--wide] [--json FILE]` */
export function usageOf({ takes, options }: Command): string {
  const said = ([name, initial]: [string, Default]) =>
    `[--${name}${initial === false ? '' : ` ${String(initial) || name.toUpperCase()}`}]`
  return [...(takes ? [takes] : []), ...Object.entries(options).map(said), '[--json FILE]'].join(' ')
}
