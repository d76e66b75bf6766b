// The runs that are watched, by their numbers, and who is told of them. Invariant: all who listen have been told of all that was
// read; runs are read while anyone listens, one reading at a time; a run keeps its number, and new ones come after it.
import type { Found } from './find.ts'
import type { RunNews } from './news.ts'
import { Watched } from './watched.ts'

/** Milliseconds from one reading to the next, and how many readings there are from one look for new runs to the next. */
const PAUSE = 500
const SEEK = 4

/** Is told the number of a run and what is new of it. */
export type Listener = (run: number, news: RunNews) => void

export class Runs {
  readonly #find: () => Promise<readonly Found[]>
  readonly #runs: Watched[] = []
  readonly #listeners = new Set<Listener>()
  #reading: Promise<void> | undefined
  #readings = 0
  #timer: NodeJS.Timeout | undefined

  /** @param find the runs that there are now */
  constructor(first: readonly Found[], find: () => Promise<readonly Found[]>) {
    this.#find = find
    this.#add(first)
  }

  /** The folder of a run; undefined where there is none of that number. */
  pathOf(run: number): string | undefined {
    return this.#runs[run]?.path
  }

  /** Tells of all that there is, then of what is new. Returns what ends it. */
  listen(listener: Listener): () => void {
    let over = false
    void this.#read().then(() => {
      if (over) return
      this.#runs.forEach((run, i) => listener(i, run.all()))
      this.#listeners.add(listener)
      this.#plan()
    })
    return () => {
      over = true
      this.#listeners.delete(listener)
    }
  }

  #plan(): void {
    if (this.#timer) return
    this.#timer = setTimeout(() => void this.#read().then(() => {
      this.#timer = undefined
      if (this.#listeners.size > 0) this.#plan()
    }), PAUSE).unref()
  }

  #read(): Promise<void> {
    return this.#reading ??= this.#readAll().finally(() => { this.#reading = undefined })
  }

  async #readAll(): Promise<void> {
    // Where a folder is gone for the moment, the runs stay that are known.
    if (this.#readings++ % SEEK === 0) this.#add(await this.#find().catch(() => []))
    await Promise.all(this.#runs.map(async (run, i) => {
      const news = await run.look()
      if (news) for (const listener of this.#listeners) listener(i, news)
    }))
  }

  #add(found: readonly Found[]): void {
    const known = new Set(this.#runs.map(({ path }) => path))
    for (const run of found) if (!known.has(run.path)) this.#runs.push(new Watched(run))
  }
}
