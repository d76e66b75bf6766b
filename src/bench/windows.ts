// Timing: what is to be compared takes turns, a window each, with the peak loop in between, so that whatever else the
// machine does hits all alike. Invariant: a window is many runs in one call, longer than the coarsest clock's tick.
import { GanglionError } from '../errors.ts'
import { turn } from '../runtime/turn.ts'

/** Measures the peak once, in GFLOP/s. */
export type PeakMeter = () => number

/** Does a thing so many times. */
export type Run = (times: number) => void

/** Readings of the clock after which one that has not moved is called broken: some tenths of a second of them. */
const MOST_READINGS = 5_000_000
/** A window is at least so many ticks long: some browsers' clocks tick once a millisecond. */
const TICKS = 30

/** The least that the clock moves by, in milliseconds. */
export function clockTick(): number {
  let tick = Infinity
  let last = performance.now()
  for (let moves = 0, readings = 0; moves < 3; readings++) {
    const now = performance.now()
    if (now > last) {
      tick = Math.min(tick, now - last)
      last = now
      moves++
    } else if (readings > MOST_READINGS) {
      throw new GanglionError('the clock of this runtime stands still while code runs, so nothing can be timed; ' +
        'run the benchmark in another runtime')
    }
  }
  return tick
}

/** How often to run for a window of about `ms`, or of as many ticks as a clock of this coarseness needs. */
export function calibrate(run: Run, ms: number, tick = clockTick()): number {
  const wanted = Math.max(ms, TICKS * tick)
  for (let times = 1; ;) {
    const took = time(run, times)
    if (took >= wanted / 2) return Math.max(1, Math.round((times * wanted) / took))
    times = took < wanted / 16 ? times * 8 : Math.ceil((times * wanted) / took)
  }
}

function time(run: Run, times: number): number {
  const began = performance.now()
  run(times)
  return performance.now() - began
}

export interface Subject {
  readonly name: string
  readonly run: Run
  /** Floating point operations of one run. */
  readonly flops: number
  readonly windowMs: number
}

export interface Measured {
  /** Milliseconds of one run, by window. */
  readonly ms: number[]
  /** GFLOP/s over the peak just before or just after, whichever was higher. */
  readonly ofPeak: number[]
}

export interface Turns {
  readonly windows: number
  /** No new round begins after so many seconds, unless there were fewer than three. */
  readonly seconds: number
  readonly onWindow: (name: string, window: number) => void
}

const FEWEST_WINDOWS = 3

/** Times all subjects and the peak; results are in the subjects' order. */
export async function takeTurns(
  subjects: readonly Subject[], meter: PeakMeter, { windows, seconds, onWindow }: Turns,
): Promise<{ measured: Measured[]; peaks: number[] }> {
  const began = performance.now()
  const runners = subjects.map((subject) => ({ ...subject, times: calibrate(subject.run, subject.windowMs) }))
  const measured = subjects.map((): Measured => ({ ms: [], ofPeak: [] }))
  const peaks = [meter()]
  for (let window = 0; window < windows; window++) {
    if (window >= FEWEST_WINDOWS && performance.now() - began > seconds * 1000) break
    for (const [i, { name, run, flops, times }] of runners.entries()) {
      onWindow(name, window)
      const ms = time(run, times) / times
      const before = peaks.at(-1)!
      peaks.push(meter())
      measured[i]!.ms.push(ms)
      measured[i]!.ofPeak.push(flops / ms / 1e6 / Math.max(before, peaks.at(-1)!))
      await turn()
    }
  }
  return { measured, peaks }
}
