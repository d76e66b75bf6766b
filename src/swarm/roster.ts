// Who works for a run: what each did, and what it did wrong. A worker that was found lying, or that went wrong too often, is out.
// Invariant: memory does not grow with those that came and went: of idle ones only the last MOST_KEPT are remembered.

/** So many messages that do not hold end it: one may have been cut by a bad line. */
const MOST_FAULTS = 3
const MOST_KEPT = 4096
/** Tasks of a newcomer that are all audited; the share of later ones falls as one over their number. */
const NEWCOMER = 3

export interface WorkerReport {
  readonly worker: string
  /** Tasks that counted, and the seconds from when they were given until they were there. */
  readonly tasks: number
  readonly seconds: number
  readonly faults: number
  /** Why it is out. */
  readonly out?: string
}

interface Record {
  tasks: number
  seconds: number
  faults: number
  seen: number
  out?: string
}

export class Roster {
  readonly #workers = new Map<string, Record>()

  /** Told that a worker asked for something. */
  seen(worker: string, now: number): void {
    const known = this.#workers.get(worker) ?? { tasks: 0, seconds: 0, faults: 0, seen: now }
    known.seen = now
    // The last are those seen last; who is out stays out.
    this.#workers.delete(worker)
    this.#workers.set(worker, known)
    if (this.#workers.size <= MOST_KEPT) return
    for (const [oldest, { out }] of this.#workers) {
      if (out !== undefined) continue
      this.#workers.delete(oldest)
      break
    }
  }

  outOf(worker: string): string | undefined {
    return this.#workers.get(worker)?.out
  }
  /** The share of a worker's tasks that are done twice: all of a newcomer's, down to `least`. */
  share(worker: string, least: number): number {
    return Math.max(least, NEWCOMER / ((this.#workers.get(worker)?.tasks ?? 0) + 1))
  }
  did(worker: string, seconds: number): void {
    const known = this.#workers.get(worker)
    if (!known) return
    known.tasks++
    known.seconds += seconds
  }
  /** One fault more; whether it ends the worker's part in the run. */
  fault(worker: string, what: string): boolean {
    const known = this.#workers.get(worker)
    if (!known || known.out) return false
    known.faults++
    if (known.faults >= MOST_FAULTS) known.out = what
    return known.out !== undefined
  }
  expel(worker: string, what: string): void {
    const known = this.#workers.get(worker)
    if (known) known.out = what
  }

  /** Told that a worker said goodbye, or is known to be gone. */
  gone(worker: string): void {
    const known = this.#workers.get(worker)
    if (known) known.seen = -Infinity
  }
  /** Those that asked for something since a time. */
  present(since: number): string[] {
    return [...this.#workers].filter(([, { seen, out }]) => out === undefined && seen >= since).map(([worker]) => worker)
  }
  report(): WorkerReport[] {
    return [...this.#workers].map(([worker, { tasks, seconds, faults, out }]) => (
      { worker, tasks, seconds, faults, ...(out !== undefined && { out }) }))
  }
}
