// Who works for a run, as lines, JSON and the bar tell it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { reporter } from '../../src/cli/progress.ts'
import type { Progress } from '../../src/train/train.ts'
import { Memory } from './ganglion.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const NOW: Progress = { epoch: 1, step: 3, lastStep: 40, metrics: { loss: 0.5 }, samples: 96, seconds: 2, epochDone: false }
/** What is said of some workers, each a minute after the other. */
function told(workers: readonly (readonly string[] | undefined)[], { json = false, terminal = false } = {}): string[] {
  const [stdout, stderr] = [new Memory(), new Memory(terminal)]
  const report = reporter(
    { quiet: false, json, epochs: 10 }, { stdout, stderr, onSignal: () => () => {}, checkOutput() {}, async flush() {} })
  for (const names of workers) {
    vi.advanceTimersByTime(60_000)
    report.progress(NOW, 20, names)
  }
  vi.advanceTimersByTime(60_000)
  report.close()
  return (terminal ? stderr : stdout).text.trim().split('\n')
}

test('lines name them, five at most', () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(told([undefined, [], ['anna.home'], ['anna.home', 'ben'], many]).map((line) => line.replace(/^.* left/, ''))).toEqual(
    ['', '  no workers', '  1 worker: anna.home', '  2 workers: anna.home, ben', '  6 workers: a, b, c, d, e, …'])
})

test('JSON names all', () => {
  const lines = told([undefined, ['a', 'b']], { json: true }).map((line) => JSON.parse(line) as { workers?: string[] })
  expect(lines.map(({ workers }) => workers)).toEqual([undefined, ['a', 'b']])
})

test('the bar says how many', () => {
  expect(told([['anna.home', 'ben']], { terminal: true }).join('\n')).toMatch(
    /0:20 left {2}48 samples\/s {2}2 workers {2}loss 0\.5000/)
})
