// What is asked of ARM64: recipes of `verify`. It is emulated, so that it is slow, and has no speed in the table.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { golden } from '../../../src/verify/golden.ts'
import type { Place } from './place.ts'
import { RUNTIMES, type RuntimeName } from './runtimes.ts'
import { putRow } from './table.ts'

const NAME: RuntimeName = 'Node 24 on ARM64'
const ORDER = Object.keys(RUNTIMES).indexOf(NAME)
/** Recipes that one process is asked for: under emulation memory is given back late. */
const A_PROCESS = 24
/** All of them. */
export const RECIPES: readonly string[] = Object.keys(golden)

interface Verified {
  readonly ok: boolean
  readonly summary: string
  readonly threads: number
  readonly results: readonly { readonly name: string }[]
}

/** That recipes have the golden digests there, those of each number of threads. */
export function arm64(asked: Readonly<Record<number, readonly string[]>>): void {
  const { missing, start } = RUNTIMES[NAME]
  const put = (more: object) => putRow(inject('rows'), ORDER, {
    runtime: NAME, version: '', passes: 'no', threads: '', relaxed: 'not run', speed: 'emulated', ...more,
  })
  const counts = Object.entries(asked).map(([threads, recipes]) => [Number(threads), recipes] as const)
  describe(NAME, () => {
    let place: Place
    beforeAll(async () => {
      put(missing ? { passes: `not run here: ${missing}` } : {})
      if (!missing) place = await start()
    })
    afterAll(() => place?.close())

    test.for(counts)('on %i threads', { timeout: 3_600_000 }, async ([threads, recipes], { skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const seen: string[] = []
      for (let first = 0; first < recipes.length; first += A_PROCESS) {
        const some = recipes.slice(first, first + A_PROCESS)
        const { results, ...rest } = await place.ask<Verified>({ what: 'verify', threads, recipes: some })
        expect(rest).toMatchObject({ ok: true, summary: expect.stringContaining('the same bits'), threads })
        seen.push(...results.map(({ name }) => name))
      }
      expect(new Set(seen)).toEqual(new Set(recipes))
      if (threads !== counts.at(-1)![0]) return
      const some = counts.map(([n, names]) => `${names.length} of ${RECIPES.length} on ${n} thread${n > 1 ? 's' : ''}`)
      const all = counts.every(([, names]) => names.length === RECIPES.length)
      put({
        version: place.version, passes: all ? 'yes' : `yes: of the recipes, ${some.join(' and ')}; test:runtimes:slow runs all`,
        threads: counts.map(([n]) => n).join(', '),
      })
    })
  })
}
