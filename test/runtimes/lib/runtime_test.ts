// The tests of one runtime: everything, from the packed package, and its row of the table. A runtime that is not on this
// machine is skipped by name and reason, and never counts as passed.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { golden } from '../../../src/verify/golden.ts'
import type { Place } from './place.ts'
import { beside24, expectSame, type Report } from './report.ts'
import { type RuntimeName, RUNTIMES } from './runtimes.ts'
import { putRow } from './table.ts'

/** Threads that every runtime trains with, where it has any, and that `verify` is tried with by `npm run test:runtimes:slow`. */
export const MOST = 4
/** Threads that CI tries `verify` with in most runtimes: three and four take most of a minute more on two cores. */
export const USUAL = 2

export interface RuntimeTestOptions {
  /** Tests of this runtime alone; they are given what asks it. */
  readonly more?: (ask: Place['ask'], missing: string | null) => void
  /** Recipes of `verify` that one page or process is asked for at most. */
  readonly perQuestion?: number
  /** Threads that `verify` is tried with at most. */
  readonly verified?: number
}

interface Verified {
  readonly ok: boolean
  readonly summary: string
  readonly wide: boolean
  readonly threads: number
  readonly results: readonly { readonly name: string; readonly error?: string }[]
}

/** All recipes of `verify`, at most so many a question, have the golden digests with so many threads. */
export async function expectVerified(
  place: Pick<Place, 'ask'>, threads: number, perQuestion = Infinity, wide = false,
): Promise<void> {
  const names = Object.keys(golden)
  const questions = Math.ceil(names.length / Math.min(perQuestion, names.length))
  const seen: string[] = []
  for (let question = 0; question < questions; question++) {
    const recipes = names.filter((_, i) => i % questions === question)
    const { results, ...rest } = await place.ask<Verified>({ what: 'verify', in: 'worker', threads, wide, recipes })
    const error = results.find((result) => result.error)?.error
    expect({ ...rest, error }).toMatchObject({ ok: true, summary: expect.stringContaining('the same bits'), threads, wide })
    expect(error).toBeUndefined()
    seen.push(...results.map(({ name }) => name))
  }
  expect(new Set(seen)).toEqual(new Set(names))
}

interface Benched {
  readonly results: Readonly<Record<string, string>>
  readonly fused: boolean | null
  readonly peak: number
}

/** The benchmark runs here and what it times has the golden digests; whether relaxed multiply–adds are fused. */
async function expectBenched(place: Pick<Place, 'ask'>, relaxed: boolean): Promise<string> {
  const { results, peak } = await place.ask<Benched>({ what: 'bench', in: 'worker' })
  expect(Object.keys(results).length).toBeGreaterThan(15)
  expect(Object.entries(results).filter(([, result]) => result !== 'same')).toEqual([])
  expect(peak).toBeGreaterThan(0)
  if (!relaxed) return ''
  const { fused } = await place.ask<Benched>({ what: 'bench', in: 'worker', relaxed })
  return fused ? 'fused' : 'not fused'
}

/** @param threads whether threads must be available */
export function runtimeTest(
  runtime: RuntimeName, threads: boolean, { more, perQuestion, verified = USUAL }: RuntimeTestOptions = {},
): void {
  const { missing, start } = RUNTIMES[runtime]
  const put = (rest: object) => putRow(inject('rows'), Object.keys(RUNTIMES).indexOf(runtime), {
    runtime, version: '', passes: 'no', threads: '', relaxed: '', speed: '', ...rest,
  })
  describe(runtime, () => {
    let place: Place
    beforeAll(async () => {
      if (!missing) place = await start()
    })
    afterAll(() => place?.close())

    test(`the same digests, of training with 1 to ${MOST} threads, of \`verify\` with 1 to ${verified}`, async ({ skip }) => {
      put(missing ? { passes: `not run here: ${missing}` } : {})
      if (missing) skip(`not run here: ${missing}`)
      const { version } = place
      put({ version })
      const seen = expectSame(await place.ask<Report>({ in: 'worker', most: MOST }), MOST)
      const { relaxedSimd, threads: { available, reason } } = seen.features
      expect(available, reason).toBe(threads)
      for (let count = 1; count <= (threads ? verified : 1); count++) await expectVerified(place, count, perQuestion)
      const part = threads && verified < MOST ? `: of \`verify\` with 1 to ${verified} threads; test:runtimes:slow has all` : ''
      const fused = runtime === 'workerd' ? '' : await expectBenched(place, relaxedSimd.available)
      const ratio = runtime === 'Node 24' ? 1 : await beside24(place)
      put({
        version,
        passes: `yes${part}`,
        threads: available ? Object.keys(seen.digests).join(', ') : `1: ${reason}`,
        relaxed: relaxedSimd.available ? ['yes', fused].filter(Boolean).join(', ') : `no: ${relaxedSimd.reason}`,
        speed: ratio.toFixed(2),
      })
    })
    more?.((question) => place.ask(question), missing)
  })
}
