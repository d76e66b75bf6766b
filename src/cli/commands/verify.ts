// `ganglion verify`: whether this engine gives the bits that the package promises.
import type { VerifyResult } from '../../verify/index.ts'
import type { Command } from '../command.ts'
import { nearest } from '../nearest.ts'
import { automaticWide, choice, help, parse, threads, UsageError, wide } from '../options.ts'

const options = {
  threads: { value: 'N|auto', help: 'threads of a step; any number gives the same bits', read: threads, initial: 1 },
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
  precision: {
    value: 'HOW', help: 'deterministic; or relaxed: digests differ between machines and are not compared',
    initial: 'deterministic', read: choice('deterministic', 'relaxed'),
  },
  json: { help: 'one JSON object instead of text' },
  ...help,
} as const

export const verify: Command = {
  name: 'verify',
  summary: 'Check that this engine gives the same bits as every other',
  usage: '[RECIPE…] [options]',
  notes: [
    'RECIPE is a name (op/conv2d) or what several begin with: op, special, random, update, large, begin, train, model.',
    'All of them by default. The exit code is 1 where a digest is not the expected one.',
  ],
  groups: [['Options', options]],
  examples: [
    ['verify', 'every op, random draws, optimizers, models'],
    ['verify train --threads 4', 'the training of all models on four threads'],
    ['verify --json', 'the digests for a program'],
  ],
  async run(args, { stdout }) {
    const { values, positionals } = parse(args, options)
    // The recipes are many, and no other command needs them.
    // eslint-disable-next-line no-restricted-syntax -- the command's first step
    const { recipeKinds, recipeNames, verify } = await import('../../verify/index.ts')
    for (const name of positionals) checkRecipe(name, recipeNames, recipeKinds)
    const { json, threads = 1, precision = 'deterministic', wide = automaticWide() } = values
    const width = Math.max(...recipeNames.map((name) => name.length))
    const report = await verify({
      threads, precision, wide, recipes: positionals,
      onProgress: json ? undefined : (result) => stdout.write(`${row(result, width)}\n`),
    })
    stdout.write(json ? `${JSON.stringify(report)}\n` : `${report.summary} ${on(report.threads)}\n`)
    return report.ok === false ? 1 : 0
  },
}

const on = (threads: number): string => `(${threads} thread${threads === 1 ? '' : 's'})`

function row({ name, digest, expected, ok, error }: VerifyResult, width: number): string {
  const said = ok ? 'ok' : ok === null ? 'not compared' : error ? `FAILED: ${error}` : `DIFFERS, expected ${short(expected)}`
  return `${name.padEnd(width)}  ${short(digest)}  ${said}`
}

const short = (digest: string | null): string => (digest ?? '-').slice(0, 16).padEnd(16)

function checkRecipe(asked: string, names: readonly string[], kinds: readonly string[]): void {
  if (names.some((name) => name === asked || name.startsWith(`${asked}/`))) return
  const hint = nearest(asked, [...kinds, ...names]) || `; the kinds of recipes are ${kinds.join(', ')}`
  throw new UsageError(`unknown recipe "${asked}"${hint}`)
}
