// Workers that wait for a task: each has one answer, when there is a task for it or when its time is over.

interface Waiter {
  readonly worker: string
  answer(reply: Uint8Array): void
}

export class Waiting {
  #all: Waiter[] = []

  get any(): boolean {
    return this.#all.length > 0
  }

  /** Waits for an answer, for `ms` milliseconds; then for what `last` gives. */
  wait(worker: string, ms: number, last: () => Uint8Array): Promise<Uint8Array> {
    return new Promise((done) => {
      const waiter: Waiter = { worker, answer: (reply) => { clearTimeout(timer); done(reply) } }
      const timer = setTimeout(() => {
        this.#all = this.#all.filter((other) => other !== waiter)
        done(last())
      }, ms)
      this.#all.push(waiter)
    })
  }

  /** Answers those for whom there is something; the others wait on. */
  answer(found: (worker: string) => Uint8Array | undefined): void {
    const all = this.#all
    this.#all = []
    for (const each of all) {
      const reply = found(each.worker)
      if (reply) each.answer(reply)
      else this.#all.push(each)
    }
  }
}
