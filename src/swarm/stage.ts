// The tasks of the stage that is being computed: who has them, for how long, what came of them. It is told the time, keeps no
// clock, and sends nothing. Invariant: a task counts once, however often it was given and came back.
import type { StageRecord } from './record.ts'
import type { Reduction } from './reduction.ts'
import type { Task } from './work.ts'

/** What a worker gave for a task. */
export interface Given {
  readonly worker: string
  readonly sha256: string
  readonly values: Float32Array
  /** Whether the values lie where the worker writes others later. */
  readonly lent?: boolean
}

interface TaskState {
  readonly task: Task
  /** By worker: since when it has the task, and until when it may take. In milliseconds. */
  readonly leases: Map<string, { readonly until: number, readonly since: number }>
  /** Whether two workers have to agree on it. */
  audited: boolean
  /** What the first of the two gave. */
  first?: Given
  /** Who gave what was added up. */
  by: string
  sha256: string
  done: boolean
}

export class OpenStage {
  readonly reduction: Reduction
  readonly version: number
  readonly digest: string
  readonly #tasks: readonly TaskState[]
  /** Who computed a micro-batch last, and so has its program. */
  readonly #habits: (string | undefined)[]

  /** The step that the run's counters say once it is done. */
  readonly #step: number

  constructor(
    tasks: readonly Task[], reduction: Reduction, version: number, digest: string, habits: (string | undefined)[], step: number,
  ) {
    this.#tasks = tasks.map((task) => ({ task, leases: new Map(), audited: false, by: '', sha256: '', done: false }))
    this.reduction = reduction
    this.version = version
    this.digest = digest
    this.#habits = habits
    this.#step = step
  }

  task(k: number): Task | undefined {
    return this.#tasks[k]?.task
  }
  isDone(k: number): boolean {
    return this.#tasks[k]!.done
  }
  /** When a task was given to a worker; undefined where it was not. */
  since(k: number, worker: string): number | undefined {
    return this.#tasks[k]!.leases.get(worker)?.since
  }

  /**
   * A task for a worker, with a lease until `until`: one that nobody has, or had for too long. It gets the micro-batch that it
   * did before, where that is free.
   * @param audits whether two are to do a task; asked when it is given for the first time
   */
  next(worker: string, now: number, until: number, audits: () => boolean): Task | undefined {
    const free = this.#tasks.filter((state) => this.#isFree(state, worker, now))
    const own = free.find(({ task }) => this.#habits[task.microBatch] === worker) ??
      free.find(({ task }) => this.#habits[task.microBatch] === undefined) ?? free[0]
    if (!own) return undefined
    if (!own.leases.size && !own.audited) own.audited = audits()
    own.leases.set(worker, { until, since: now })
    return own.task
  }

  /** A task that nobody has, or had for too long, and what waits there for a second worker. */
  free(now: number): { readonly k: number, readonly first?: Given } | undefined {
    const k = this.#tasks.findIndex((state) => this.#isFree(state, '', now))
    return k < 0 ? undefined : { k, first: this.#tasks[k]!.first }
  }
  /** Whether there is a task that nobody has, or had for too long. */
  hasFree(now: number): boolean {
    return this.free(now) !== undefined
  }
  #isFree({ done, leases, first, audited }: TaskState, worker: string, now: number): boolean {
    if (done || first?.worker === worker) return false
    const held = [...leases].filter(([, { until }]) => until > now).map(([who]) => who).filter((who) => who !== first?.worker)
    return !held.includes(worker) && held.length < (audited && !first ? 2 : 1)
  }

  /** When the next lease ends, in milliseconds; infinity where there is none. */
  ends(now: number): number {
    const ends = this.#tasks.flatMap(({ done, leases }) => (done ? [] : [...leases.values()].map(({ until }) => until)))
    return Math.min(Infinity, ...ends.filter((until) => until > now))
  }

  /** Takes back what a worker has. */
  release(worker: string): void {
    for (const { leases } of this.#tasks) leases.delete(worker)
  }
  releaseOne(k: number, worker: string): void {
    this.#tasks[k]!.leases.delete(worker)
  }
  /** Forgets what a worker gave that is not yet added up. */
  forget(worker: string): void {
    for (const state of this.#tasks) if (state.first?.worker === worker) state.first = undefined
  }

  /**
   * Takes a result. Of a task that two have to agree on, the first is kept, and the second is compared with it.
   * @returns what is to be done: nothing more, or to decide between the two
   */
  take(k: number, given: Given): 'kept' | 'done' | { readonly other: Given } {
    const state = this.#tasks[k]!
    if (state.done) return 'done'
    if (state.audited && !state.first) {
      state.first = given.lent ? { ...given, values: given.values.slice(), lent: false } : given
      return 'kept'
    }
    if (state.audited && state.first!.sha256 !== given.sha256) return { other: state.first! }
    return this.count(k, given)
  }
  /** Adds up what is right. */
  count(k: number, { worker, sha256, values, lent }: Given): 'done' {
    const state = this.#tasks[k]!
    this.#habits[k] = worker
    Object.assign(state, { by: worker, sha256, done: true, first: undefined })
    state.leases.clear()
    this.reduction.add(k, values, lent)
    return 'done'
  }
  /** Who did what, once all is done. */
  get record(): StageRecord {
    const [{ task: { stage } }] = this.#tasks as readonly [TaskState]
    return {
      step: this.#step, stage,
      by: this.#tasks.map(({ by }) => by), sha256: this.#tasks.map(({ sha256 }) => sha256),
    }
  }
  /** First results of tasks that two have to agree on, where no second worker has the task. */
  unaudited(now: number): readonly { readonly k: number, readonly first: Given }[] {
    return this.#tasks.flatMap(({ task, done, first, leases }) => {
      const others = [...leases].some(([who, { until }]) => who !== first?.worker && until > now)
      return !done && first && !others ? [{ k: task.microBatch, first }] : []
    })
  }
  /** Floats that it holds: sums, and results that wait for a second. */
  get floats(): number {
    return this.reduction.floats + this.#tasks.reduce((n, { first }) => n + (first?.values.length ?? 0), 0)
  }
}
