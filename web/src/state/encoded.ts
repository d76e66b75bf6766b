// The codes of the test images, by a run's encoder as it is: again and again, while somebody looks.
import { signal } from '@preact/signals'
import { floats } from './data.ts'
import { factsOf } from './facts.ts'
import { type Encoded, mapped } from './mapped.ts'
import type { Run } from './run.ts'

/** Milliseconds from one time to the next. */
const EVERY = 1200

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

export class Encoder {
  readonly encoded = signal<Encoded | null>(null)
  #over = false

  constructor(run: Run) {
    void this.#follow(run).catch((error: unknown) => {
      if (!run.closed && !this.#over) throw error
    })
  }

  async #follow(run: Run): Promise<void> {
    const { test, classNames } = run.data!
    const images = floats(test.images)
    const told = factsOf(run.settings.model).classes ? { labels: Array.from(test.labels!) } : {}
    const size = () => run.trainer!.info.codeShape.reduce((a, b) => a * b, 1)
    for (let seen = -1; !this.#over && !run.closed; await wait(EVERY)) {
      if (!run.trainer || run.step.value === seen || document.hidden) continue
      seen = run.step.value
      const codes = await run.trainer.encode(images, told)
      this.encoded.value = mapped({ codes, labels: test.labels, classNames }, size(), this.encoded.value)
    }
  }

  close(): void {
    this.#over = true
  }
}
