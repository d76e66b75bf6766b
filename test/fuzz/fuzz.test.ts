// The fuzz in CI: the same inputs each time, in a process of its own, which ends with 0 when all held.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('no damaged input gets through, hangs, takes memory, or is refused without our words', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/run.mjs', 'test/fuzz/fuzz.ts'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^idx \d+, .*protocol \d+\n$/)])
}, 600_000)
