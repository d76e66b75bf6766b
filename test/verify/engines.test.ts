// The same digests from one engine made to compile in other ways, and from any number of threads: child processes of the
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
  ...FLAGS.map((flags) => ({ flags, threads: 1 })),
  { flags: ['--liftoff-only', '--no-enable-avx'], threads: 2 },
  ...[1, 2, 3, 4].map((threads) => ({ flags: [] as string[], threads })),
]
const title = (flags: readonly string[], threads: number): string =>
  `${flags.join(' ') || 'as it is'}, ${threads} thread${threads === 1 ? '' : 's'}`

/** Some 190 recipes on V8's first compiler alone take most of a minute on two quiet cores. */
const PATIENCE_MS = 300_000

for (const { flags, threads } of ways) {
  const missing = flags.filter((flag) => !known(flag))
  const why = missing.length ? ` (not run here: this V8 has no ${missing.join(', ')})` : ''
  test.skipIf(missing.length)(title(flags, threads) + why, async () => {
    const said = await execute([...flags, main(), 'verify', '--json', '--threads', String(threads)])
    const report = JSON.parse(said) as VerifyReport
    expect(report).toMatchObject({ ok: true, threads, precision: 'deterministic' })
    expect(Object.fromEntries(report.results.map(({ name, digest }) => [name, digest]))).toEqual(golden)
  }, PATIENCE_MS)
}
