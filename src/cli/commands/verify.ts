// `ganglion verify`: whether this engine gives the bits that the package promises.
import { verify as run } from '../../verify/index.ts'
import { recipeKinds, recipeNames, recipesNamed, type VerifyResult } from '../../verify/verify.ts'
import type { Command } from '../command.ts'
import { nearest } from '../nearest.ts'
import { choice, help, parse, threads, UsageError } from '../options.ts'

const options = {
  threads: { value: 'N|auto', help: 'threads of a step; any number gives the same bits', read: threads, initial: 1 },
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
    'RECIPE is a name (op/conv2d) or what several begin with: op, special, random, update, begin, train, model.',
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
    for (const name of positionals) checkRecipe(name)
    const { json, threads = 1, precision = 'deterministic' } = values
    const width = Math.max(...recipeNames.map((name) => name.length))
    const report = await run({
      threads, precision, recipes: positionals,
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

function checkRecipe(asked: string): void {
  if (recipesNamed(asked).length) return
  const hint = nearest(asked, [...recipeKinds, ...recipeNames]) || `; the kinds of recipes are ${recipeKinds.join(', ')}`
  throw new UsageError(`unknown recipe "${asked}"${hint}`)
}
