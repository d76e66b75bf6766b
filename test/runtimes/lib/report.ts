// What programs/program.js reports, held against what it must be everywhere, and a runtime's speed beside Node 24's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { median } from '../../../src/bench/statistics.ts'
import type { Place } from './place.ts'
import { RUNTIMES } from './runtimes.ts'

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
}

/** The digests that the programs end in, everywhere; written by `npm run golden`. */
export const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/runtimes.json'), 'utf8')) as {
  readonly program: string
  readonly moves: string
}

/** Fails unless a report has the one digest for 1 to `most` threads, or for one where threads are not available. */
export function expectSame(report: Report, most: number): Report {
  const count = report.features.threads.available ? most : 1
  expect(report.digests).toEqual(Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, GOLDEN.program])))
  expect(report.features.simd.available).toBe(true)
  if (report.features.relaxedSimd.available) expect(report.relaxed).toMatch(/^[0-9a-f]{64}$/)
  return report
}

const SECONDS = 0.5
const speed = async (place: Place): Promise<number> =>
  (await place.ask<{ speed: number }>({ what: 'speed', seconds: SECONDS, in: 'worker' })).speed

const ROUNDS = 5

/** A place's speed over Node 24's: the median of windows that take turns, each between two of Node 24's. */
export async function beside24(place: Place): Promise<number> {
  const node24 = await RUNTIMES['Node 24'].start()
  const ratios: number[] = []
  let before = await speed(node24)
  for (let round = 0; round < ROUNDS; round++) {
    const here = await speed(place)
    const after = await speed(node24)
    ratios.push((2 * here) / (before + after))
    before = after
  }
  return median(ratios)
}
