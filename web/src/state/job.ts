// Work in a worker that says how it goes: verifying and measuring. Training stands still meanwhile, so that they do not share the
// processor.
import { signal } from '@preact/signals'
import { run } from './current.ts'

type Message<T> = T | { readonly error: string }

export class Job<Said extends object> {
  readonly running = signal(false)
  readonly error = signal('')
  #worker: Worker | null = null
  readonly #start: () => Worker
  readonly #hear: (said: Said) => void

  constructor(start: () => Worker, hear: (said: Said) => void) {
    this.#start = start
    this.#hear = hear
  }

  begin(request: unknown): void {
    run.value?.pause()
    this.running.value = true
    this.error.value = ''
    const worker = this.#worker = this.#start()
    worker.onmessage = ({ data }: MessageEvent<Message<Said>>) => {
      if ('error' in data) this.error.value = data.error
      else this.#hear(data)
      if ('error' in data || 'report' in data) this.stop()
    }
    worker.onerror = ({ message }) => {
      this.error.value = message
      this.stop()
    }
    worker.postMessage(request)
  }

  stop(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.running.value = false
  }
}
