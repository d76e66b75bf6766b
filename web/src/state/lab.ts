// The page's side of the lab: questions about a model, answered in a worker of their own. It ends when it is closed.
import type { Questions, Reply, Request, What } from '../workers/lab.ts'

interface Open {
  readonly done: (value: never) => void
  readonly fail: (error: Error) => void
  readonly progress?: (done: number, of: number) => void
}

/** What was asked, when the lab was closed. */
export class Closed extends Error {}

export class Lab {
  readonly #worker = new Worker(new URL('../workers/lab.ts', import.meta.url), { type: 'module' })
  readonly #open = new Map<number, Open>()
  #asked = 0
  #closed = false

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const open = this.#open.get(data.id)
      if (!open) return
      if ('progress' in data) return open.progress?.(...data.progress)
      this.#open.delete(data.id)
      if ('error' in data) open.fail(new Error(data.error))
      else open.done(data.value as never)
    }
    this.#worker.onerror = ({ message }) => this.#end(new Error(message))
  }

  ask<W extends What>(what: W, ask: Questions[W]['ask'], progress?: Open['progress']): Promise<Questions[W]['answer']> {
    return new Promise((done, fail) => {
      if (this.#closed) return fail(new Closed())
      const id = ++this.#asked
      this.#open.set(id, { done, fail, ...(progress && { progress }) })
      this.#worker.postMessage({ id, what, ask } as Request)
    })
  }

  close(): void {
    this.#worker.terminate()
    this.#end(new Closed())
  }

  #end(error: Error): void {
    this.#closed = true
    for (const open of this.#open.values()) open.fail(error)
    this.#open.clear()
  }
}
