// How fast each thread of a pool is, learnt from how long it waits for the others, so that shares follow: where one
// processor is slower than another, or has other work, an even division waits for it at every meeting.
// Invariant: shares never touch the bits (assembly/lib/kernel.ts), only how long a step takes.

/** All of the work, in the core's words. */
const WHOLE = 65536
/** Runs too short to tell: threads do not begin at once. */
const SHORT_MS = 10
/** How far a run moves what is known. */
const WEIGHT = 0.1
/** Up to which ratio of the fastest to the slowest shares stay even, as the sizes of most ops divide best. */
const EVEN = 1.2
/** The least share, of an even one. */
const LEAST = 0.25

/** A run, as it went. */
export interface Ran {
  readonly ms: number
  /** How often each thread looked for the others, and the milliseconds that a look takes, as found just now. */
  readonly looked: ArrayLike<number>
  readonly lookMs: number
  /** Where shares began. */
  readonly starts: Int32Array
}

export class Pace {
  /** Each thread's part of the speed of all. */
  #speeds: number[]
  /** Milliseconds of a look: a mean, because a clock may be coarse. */
  #lookMs = 0

  /** @param threads how many threads share the work */
  constructor(threads: number) {
    this.#speeds = new Array<number>(threads).fill(1 / threads)
  }

  /** Where each thread's share begins, and WHOLE after the last. */
  get starts(): Int32Array {
    const speeds = this.#speeds
    const even = Math.max(...speeds) < EVEN * Math.min(...speeds)
    const starts = new Int32Array(speeds.length + 1)
    let sum = 0
    speeds.forEach((speed, i) => {
      sum += even ? 1 / speeds.length : speed
      starts[i + 1] = Math.round(sum * WHOLE)
    })
    return starts
  }

  /** Learns from a run: a thread that did not look for the others worked. */
  learn({ ms, looked, lookMs, starts }: Ran): void {
    if (ms < SHORT_MS) return
    this.#lookMs += (this.#lookMs ? WEIGHT : 1) * (lookMs - this.#lookMs)
    const least = LEAST / this.#speeds.length
    const found = this.#speeds.map((_, i) => {
      const worked = Math.max(ms - looked[i]! * this.#lookMs, ms * LEAST)
      return (starts[i + 1]! - starts[i]!) / worked
    })
    const all = found.reduce((a, b) => a + b)
    const moved = this.#speeds.map((speed, i) => Math.max(least, speed + WEIGHT * (found[i]! / all - speed)))
    const sum = moved.reduce((a, b) => a + b)
    this.#speeds = moved.map((speed) => speed / sum)
  }
}
