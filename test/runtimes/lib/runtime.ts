// The test of one runtime: everything, from the packed package, and its row of the table. A runtime that is not on this
// machine is skipped by name and reason, and never counts as passed.
import { expect, inject, test } from 'vitest'
import { beside24, expectSame, type Report } from './report.ts'
import { putRow } from './table.ts'

/** The table's rows, in their order. */
const ROWS = [
  'Node 20', 'Node 22', 'Node 24', 'Node 26', 'Deno', 'Bun', 'workerd',
  'Chromium', 'Firefox', 'WebKitGTK', 'WebKitGTK with shared memory',
] as const

export type RuntimeName = typeof ROWS[number]

export interface Runtime {
  /** Why it cannot run here; null where it can. */
  readonly missing: string | null
  /** Whether threads must be available. */
  readonly threads: boolean
  version(): Promise<string>
  report(): Promise<Report>
  /** Training steps a second. */
  speed(seconds: number): Promise<number>
}

export function runtimeTest(runtime: RuntimeName, { missing, threads, version, report, speed }: Runtime): void {
  const put = (rest: object) => putRow(inject('rows'), ROWS.indexOf(runtime), {
    runtime, version: '', passes: 'no', threads: '', relaxed: '', speed: '', ...rest,
  })
  test(`${runtime}: the same digest with every number of threads`, async ({ skip }) => {
    if (missing) {
      put({ passes: `not run here: ${missing}` })
      skip(`not run here: ${missing}`)
    }
    const known = await version()
    put({ version: known })
    const seen = expectSame(await report())
    const ratio = runtime === 'Node 24' ? 1 : await beside24(speed)
    const { relaxedSimd, threads: { available, reason } } = seen.features
    expect(available, reason).toBe(threads)
    put({
      version: known,
      passes: 'yes',
      threads: available ? Object.keys(seen.digests).join(', ') : `1: ${reason}`,
      relaxed: relaxedSimd.available ? 'yes' : `no: ${relaxedSimd.reason}`,
      speed: ratio.toFixed(2),
    })
  })
}
