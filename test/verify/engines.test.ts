// The same digests from one engine made to compile in other ways, and from one and two threads: child processes of the
// Node that runs the tests.
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { golden } from '../../src/verify/golden.ts'
import type { VerifyReport } from '../../src/verify/index.ts'
import { main } from '../cli/ganglion.ts'

const execute = (args: readonly string[]): Promise<string> => new Promise((resolve, reject) => {
  execFile(process.execPath, args, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
    if (error) reject(new Error(`${args.join(' ')}: ${error.message}\n${stderr}\n${stdout.slice(0, 2000)}`))
    else resolve(stdout)
  })
})

const options = await execute(['--v8-options'])
const known = (flag: string): boolean => new RegExp(`^ +--${flag.replace(/^--(no-)?/, '')} `, 'm').test(options)

/** Ways to compile: the baseline compiler alone, the optimizing one alone, without AVX, without fused multiply-add. */
const FLAGS = [['--liftoff-only'], ['--no-liftoff'], ['--no-enable-avx'], ['--no-enable-fma3']]
const ways = [
  ...FLAGS.map((flags) => ({ flags, threads: 1, kinds: [] as string[] })),
  // Training on two threads of the first compiler takes over a minute where both cores have other work.
  { flags: ['--liftoff-only', '--no-enable-avx'], threads: 2, kinds: ['begin', 'large', 'op', 'update'] },
  // Three and four are for test/runtimes.
  ...[1, 2].map((threads) => ({ flags: [] as string[], threads, kinds: [] as string[] })),
]
const title = (flags: readonly string[], threads: number, kinds: readonly string[]): string =>
  `${flags.join(' ') || 'as it is'}, ${threads} thread${threads === 1 ? '' : 's'}${kinds.length ? `: ${kinds.join(', ')}` : ''}`
const isOf = (kinds: readonly string[]) => ([name]: readonly [string, string]): boolean =>
  !kinds.length || kinds.includes(name.slice(0, name.indexOf('/')))

/** All recipes on V8's first compiler alone take most of a minute on two quiet cores. */
const PATIENCE_MS = 300_000

for (const { flags, threads, kinds } of ways) {
  const missing = flags.filter((flag) => !known(flag))
  const why = missing.length ? ` (not run here: this V8 has no ${missing.join(', ')})` : ''
  test.skipIf(missing.length)(title(flags, threads, kinds) + why, async () => {
    const said = await execute([...flags, main(), 'verify', ...kinds, '--json', '--threads', String(threads)])
    const report = JSON.parse(said) as VerifyReport
    expect(report).toMatchObject({ ok: true, threads, precision: 'deterministic' })
    expect(Object.fromEntries(report.results.map(({ name, digest }) => [name, digest])))
      .toEqual(Object.fromEntries(Object.entries(golden).filter(isOf(kinds))))
  }, PATIENCE_MS)
}
