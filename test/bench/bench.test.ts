// `ganglion/bench`: what it reports, that its results are the golden ones with any number of threads, and its clock.
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bench, parseReport, reportTable, wrong } from '../../src/bench/index.ts'
import { golden } from '../../src/bench/golden.ts'
import { KERNELS } from '../../src/bench/kernels.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { calibrate, clockTick, takeTurns } from '../../src/bench/windows.ts'
import { built } from '../dist.ts'

/** One round of three windows. */
const SHORT = { seconds: 0.1 }

describe('a full report', async () => {
  const said: string[] = []
  const report = await bench({ ...SHORT, onProgress: (what) => said.push(what) })
  const names = [...report.kernels, ...report.models].map(({ name }) => name)

  it('has every kernel and model, and each has a golden digest', () => {
    expect(names).toEqual([...KERNELS.map(({ name }) => name), ...modelNames.map((m) => `${m} ${models[m].bench.batchSize}`)])
    expect(Object.keys(golden)).toEqual(names)
  })
  it('has the golden digests', () => {
    expect(Object.fromEntries([...report.kernels, ...report.models].map(({ name, digest }) => [name, digest]))).toEqual(golden)
    expect(wrong(report)).toEqual([])
    expect(new Set([...report.kernels, ...report.models].map(({ result }) => result))).toEqual(new Set(['same']))
  })
  it('has speeds that fit the times and the peak', () => {
    for (const { name, ms, gflops, ofPeak } of [...report.kernels, ...report.models]) {
      expect(ms.windows.length, name).toBeGreaterThanOrEqual(3)
      expect(ms.quartiles[0] <= ms.median && ms.median <= ms.quartiles[1], name).toBe(true)
      // Of the peak nearby, which is one of the report's: above it, even, where the machine was slower as the peak was read.
      const fastest = (gflops * ms.median) / Math.min(...ms.windows)
      expect(ofPeak, name).toBeGreaterThanOrEqual((0.999 * gflops) / Math.max(...report.peak.windows))
      expect(ofPeak, name).toBeLessThanOrEqual((1.001 * fastest) / Math.min(...report.peak.windows))
    }
    // 2·512³ flops and 3·512² floats in the time of the first line
    const [product] = report.kernels
    expect(product!.gflops).toBeCloseTo((2 * 512 * 512 * 512) / product!.ms.median / 1e6, 2)
    expect(product!.gigabytesPerSecond).toBeCloseTo((4 * 3 * 512 * 512) / product!.ms.median / 1e6, 2)
    const adam = report.kernels.find(({ name }) => name.startsWith('adam'))!
    expect((adam.gigabytesPerSecond * adam.ms.median * 1e6) / (1 << 20)).toBeCloseTo(28, 1)
  })
  it('tells what it does, is read back from JSON, and makes a table', () => {
    expect(said[0]).toBe('starting')
    expect(said).toContain('kernels, window 1 of 25: matmul 512x512x512')
    expect(parseReport(JSON.stringify(report))).toEqual(report)
    const table = reportTable(report)
    for (const name of names) expect(table).toMatch(new RegExp(`^${name} .* same$`, 'm'))
    expect(table).toContain(`All ${names.length} results have their golden digests.`)
  })
})

it('two threads compute the same', async () => {
  const report = await bench({ ...SHORT, quick: true, threads: 2, worker: pathToFileURL(built('runtime/thread.js')) })
  expect(report.threads).toBe(2)
  expect(wrong(report)).toEqual([])
  expect(report.models.map(({ model, result }) => `${model}: ${result}`)).toEqual(['autoencoder: same', 'gan: same', 'vae: same'])
})

describe('windows', () => {
  afterEach(() => { vi.unstubAllGlobals() })

  it('take turns with the peak, and stop when the time is over, but not before three', async () => {
    const order: string[] = []
    const subject = (name: string) => ({ name, flops: 1, windowMs: 0.01, run: () => void order.push(name) })
    let peaks = 0
    const turns = { windows: 9, seconds: 0, onWindow: () => void (order.length = 0) }
    const { measured, peaks: found } = await takeTurns([subject('a'), subject('b')], () => ++peaks, turns)
    expect(measured.map(({ ms }) => ms.length)).toEqual([3, 3])
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
  it('refuse a clock that stands still', () => {
    vi.stubGlobal('performance', { now: () => 5 })
    expect(() => calibrate(() => {}, 10)).toThrow('the clock of this runtime stands still while code runs')
  })
  it('are thirty ticks of a coarse clock, or as long as asked', () => {
    let microseconds = 0
    // Ticks of a millisecond; a reading takes 10 µs, a run 100.
    vi.stubGlobal('performance', { now: () => Math.floor((microseconds += 10) / 1000) })
    const run = (times: number) => void (microseconds += 100 * times)
    expect(clockTick()).toBe(1)
    expect(calibrate(run, 2)).toBeGreaterThan(270)
    expect(calibrate(run, 2)).toBeLessThan(330)
    expect(calibrate(run, 60)).toBeGreaterThan(570)
  })
})
