// A run moves between two runtimes, in the middle of an epoch, from two threads to one or the other way round: it ends in the
// digest of the run that never moved.
import { expect, test } from 'vitest'
import { GOLDEN } from './lib/report.ts'
import { type RuntimeName, RUNTIMES } from './lib/runtimes.ts'

const OTHERS = ['Node 20', 'Deno', 'Bun', 'workerd', 'Chromium', 'Firefox', 'WebKitGTK'] as const
const moves = OTHERS.flatMap((other): [RuntimeName, RuntimeName][] => [[other, 'Node 24'], ['Node 24', other]])

/** Threads of a leg: two where there are any. */
const threads = (name: RuntimeName): number => (name === 'workerd' || name === 'WebKitGTK' ? 1 : 2)

test.for(moves)('from %s to %s', async ([from, to], { skip }) => {
  const missing = RUNTIMES[from].missing ?? RUNTIMES[to].missing
  if (missing) skip(`not run here: ${missing}`)
  const first = await RUNTIMES[from].start()
  let begun: { step: number; state: unknown }
  try {
    begun = await first.ask({ what: 'begin', in: 'worker', threads: threads(from) })
  } finally {
    await first.close()
  }
  expect(begun.step).toBe(9)
  const second = await RUNTIMES[to].start()
  try {
    const { digest } = await second.ask<{ digest: string }>({ what: 'resume', in: 'worker', state: begun.state })
    expect(digest).toBe(GOLDEN.moves)
  } finally {
    await second.close()
  }
})
