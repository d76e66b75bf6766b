// What programs/program.js reports, held against what it must be everywhere, and a runtime's speed beside Node 24's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { NODE_24, project, run } from './project.ts'

interface Feature {
  readonly available: boolean
  readonly reason: string
}

export interface Report {
  readonly features: Readonly<Record<'simd' | 'relaxedSimd' | 'threads', Feature>>
  /** The digest by the number of threads. */
  readonly digests: Readonly<Record<string, string>>
  /** The relaxed build's digest, where it runs. It may be any: machines differ. */
  readonly relaxed: string | null
  /** Steps a second, where they were measured. */
  readonly speed: number | null
}

/** The digest that the program ends in, everywhere; written by `npm run golden`. */
export const { digest: DIGEST } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../golden/runtimes.json'), 'utf8')) as { digest: string }

/** Fails unless a report has the one digest for 1 to `most` threads, or for one where threads are not available. */
export function expectSame(report: Report, most = 4): Report {
  const count = report.features.threads.available ? most : 1
  expect(report.digests).toEqual(Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, DIGEST])))
  expect(report.features.simd.available).toBe(true)
  if (report.features.relaxedSimd.available) expect(report.relaxed).toMatch(/^[0-9a-f]{64}$/)
  return report
}

const SECONDS = 1
let reference: string | undefined
const node24 = async (): Promise<number> =>
  Number(await run(NODE_24, ['speed.mjs', String(SECONDS)], { cwd: (reference ??= project()) }))

/** Measures a speed between two measurements of Node 24's; gives their ratio. Rough: a process each, a second each. */
export async function beside24(measure: (seconds: number) => Promise<number>): Promise<number> {
  const before = await node24()
  const speed = await measure(SECONDS)
  const after = await node24()
  return (2 * speed) / (before + after)
}
