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
  /** Between usage and options; each begins a line. */
  readonly notes?: readonly string[]
  /** Runs with the arguments after its name; returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>
}

const COLUMNS = 120

/** The help of a command, made of its tables. */
export function helpText({ name, summary, usage, groups, examples, notes = [] }: Command): string {
  const lines = [summary, '', 'Usage', `  ganglion ${name} ${usage}`]
  if (notes.length) lines.push('', ...notes.flatMap((note) => wrapped(note, COLUMNS - 2)).map((line) => `  ${line}`))
  const all = groups.flatMap(([, options]) => Object.entries(options))
  const width = Math.max(...all.map(([key, option]) => left(key, option).length))
  for (const [heading, options] of groups) {
    lines.push('', heading)
    for (const [key, option] of Object.entries(options)) {
      const initial = option.initial === undefined ? '' : ` [${option.initial}]`
      const [first = '', ...more] = wrapped(`${option.help}${initial}`, COLUMNS - width - 4)
      lines.push(`  ${left(key, option).padEnd(width)}  ${first}`, ...more.map((line) => `${' '.repeat(width + 4)}${line}`))
    }
  }
  lines.push('', 'Examples', ...columns(examples.map(([command, what]) => [`ganglion ${command}`, what])))
  return `${lines.join('\n')}\n`
}

/** A text as lines of at most so many characters, where no word is longer. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > most) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

/** Pairs as two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd())
}

const left = (name: string, { short, value }: Option): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
