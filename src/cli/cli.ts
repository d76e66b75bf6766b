// Finds the command and runs it. Exit codes: 0; 1 for an error, in one sentence, also where the output could not be written;
// 2 for wrong usage; 129, 130, 143 for signals.
import { type Command, columns, helpText } from './command.ts'
import { commands } from './commands/index.ts'
import type { Io } from './io.ts'
import { nearest } from './nearest.ts'
import { UsageError } from './options.ts'
import { printableIo } from './printable.ts'
import { isError } from '../tag.ts'
import { version } from './version.ts'

export const cli = (args: readonly string[], io: Io): Promise<number> => dispatch(args, printableIo(io))

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  const command = commands.find((known) => known.name === name)
  try {
    if (name === undefined) {
      io.stderr.write(overview())
      return 2
    }
    if (command) {
      const code = await run(command, rest, io)
      await io.flush()
      return code
    }
    if (name === '--version' || name === '-v') io.stdout.write(`${version()}\n`)
    else if (name === '--help' || name === '-h') io.stdout.write(overview())
    else if (name === 'help') return await dispatch(rest.length ? [rest[0]!, '--help'] : ['--help'], io)
    else {
      const known = commands.map((c) => c.name)
      const hint = nearest(name, known) || `; the commands are ${known.join(', ')}`
      throw new UsageError(`unknown ${name.startsWith('-') ? 'option' : 'command'} ${name}${hint}`)
    }
    await io.flush()
    return 0
  } catch (error) {
    if (process.env['GANGLION_DEBUG']) io.stderr.write(`${(error as Error).stack}\n`)
    const usage = error instanceof UsageError
    const hint = usage ? ` (see "ganglion ${command ? `${command.name} ` : ''}--help")` : ''
    io.stderr.write(`ganglion: ${sentence(error)}${hint}\n`)
    return usage ? 2 : 1
  }
}

async function run(command: Command, args: readonly string[], io: Io): Promise<number> {
  const end = args.indexOf('--')
  const before = end < 0 ? args : args.slice(0, end)
  if (!before.includes('--help') && !before.includes('-h')) return command.run(args, io)
  io.stdout.write(helpText(command))
  return 0
}

/** An error's message on one line. */
const sentence = (error: unknown): string => (isError(error) ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')

function overview(): string {
  return [
    'Ganglion trains autoencoders, VAEs and GANs: one seed, the same bits everywhere.',
    '',
    'Usage',
    '  ganglion <command> [options]',
    '',
    'Commands',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options',
    ...columns([
      ['-h, --help', 'show this help; after a command, the help of that command'],
      ['-v, --version', 'show the version'],
    ]),
    '',
    'Examples',
    ...columns(commands.map(({ examples: [[command, what]] }) => [`ganglion ${command}`, what] as const)),
    '',
  ].join('\n')
}
