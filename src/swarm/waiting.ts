// Workers that wait for a task: each has one answer, when there is a task for it or when its time is over.

/** Who asks for a task, and the version of the weights that it has. */
export interface Asker {
  readonly worker: string
  readonly from: number
}

interface Waiter {
  readonly asker: Asker
  answer(reply: Uint8Array): void
}

export class Waiting {
  #all: Waiter[] = []

  get any(): boolean {
    return this.#all.length > 0
  }

  /** Waits for an answer, for `ms` milliseconds; then for what `last` gives. */
  wait(asker: Asker, ms: number, last: () => Uint8Array): Promise<Uint8Array> {
    return new Promise((done) => {
      const waiter: Waiter = { asker, answer: (reply) => { clearTimeout(timer); done(reply) } }
      const timer = setTimeout(() => {
        this.#all = this.#all.filter((other) => other !== waiter)
        done(last())
      }, ms)
      this.#all.push(waiter)
    })
  }

  /** Answers those for whom there is something; the others wait on. */
  answer(found: (asker: Asker) => Uint8Array | undefined): void {
    const all = this.#all
    this.#all = []
    for (const each of all) {
      const reply = found(each.asker)
      if (reply) each.answer(reply)
      else this.#all.push(each)
    }
  }
}

/** Rings at the earliest of the times that it is set to: leases follow the median, so a later one may end before another. */
export class Alarm {
  readonly #ring: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #time = Infinity

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** @param time by `performance.now()`; never, where it is infinite */
  set(time: number): void {
    if (time >= this.#time) return
    this.stop()
    this.#time = time
    this.#timer = setTimeout(() => {
      this.#time = Infinity
      this.#ring()
    }, time - performance.now() + 1)
  }
  stop(): void {
    clearTimeout(this.#timer)
    this.#time = Infinity
  }
}
