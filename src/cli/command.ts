// What a command is, and its --help.
import type { Io } from './io.ts'
import type { Option, Options } from './options.ts'

type Example = readonly [command: string, what: string]

export interface Command {
  readonly name: string
  readonly summary: string
  /** What follows `ganglion <name>`. */
  readonly usage: string
  /** Options under their headings. */
  readonly groups: readonly (readonly [heading: string, options: Options])[]
  /** The first stands for the command in the list of commands. */
  readonly examples: readonly [Example, ...Example[]]
  /** A line or two between usage and options. */
  readonly notes?: readonly string[]
  /** Runs with the arguments after its name; returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>
}

/** The help of a command, made of its tables. */
export function helpText({ name, summary, usage, groups, examples, notes = [] }: Command): string {
  const lines = [summary, '', 'Usage', `  ganglion ${name} ${usage}`]
  if (notes.length) lines.push('', ...notes.map((note) => `  ${note}`))
  const all = groups.flatMap(([, options]) => Object.entries(options))
  const width = Math.max(...all.map(([key, option]) => left(key, option).length))
  for (const [heading, options] of groups) {
    lines.push('', heading)
    for (const [key, option] of Object.entries(options)) {
      const initial = option.initial === undefined ? '' : ` [${option.initial}]`
      lines.push(`  ${left(key, option).padEnd(width)}  ${option.help}${initial}`)
    }
  }
  lines.push('', 'Examples', ...columns(examples.map(([command, what]) => [`ganglion ${command}`, what])))
  return `${lines.join('\n')}\n`
}

/** Pairs as two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd())
}

const left = (name: string, { short, value }: Option): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
