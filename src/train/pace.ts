// How long the core works before the event loop has its turn: signals, input, rendering.

/** What one chunk of steps should take, in milliseconds: short enough to stop soon, long enough to cost nothing. */
const CHUNK_MS = 50

/** How many steps make a chunk, as measured. The bits do not depend on it. */
export class Pace {
  #chunk = 1
  /** Steps to run next, of `left` that are left. */
  steps(left: number): number {
    return Math.min(this.#chunk, left)
  }
  /** Told how long so many steps took. */
  took(steps: number, ms: number): void {
    this.#chunk = Math.max(1, Math.min(this.#chunk * 2, Math.round((steps * CHUNK_MS) / Math.max(ms, 0.01))))
  }
}
