// Looks at a run while it trains: samples, reconstructions, figures on images that training does not see. Invariant: it takes at
// most a fifth of the time, whatever the model, and nothing while nobody sees the page or nothing has changed.
import { signal } from '@preact/signals'
import type { ImageDataset, Trainer } from 'ganglion/worker'
import { floats } from './data.ts'
import { factsOf } from './facts.ts'
import type { Run } from './run.ts'

export const SAMPLES = 64
/** Images that are reconstructed: one of each class, or the first ones. */
export const SHOWN = 10
/** Milliseconds from one look to the next at least, with reduced motion, and from one judgement to the next. */
const PAUSE = 120
const CALM = 1500
const JUDGE = 1000
/** How often what a look took is waited before the next. */
const RARELY = 4

const calm = matchMedia('(prefers-reduced-motion: reduce)')
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** The first image of each class, then others until there are as many as are shown, as floats. */
export function oneOfEach({ images, labels, count }: ImageDataset): Float32Array {
  const size = images.length / count
  const firsts = labels ? [...new Set(labels)].sort((a, b) => a - b).map((label) => labels.indexOf(label)) : []
  const chosen = [...new Set([...firsts, ...Array(count).keys()])].slice(0, SHOWN)
  const part = new (images.constructor as Uint8ArrayConstructor)(chosen.length * size)
  chosen.forEach((at, i) => part.set((images as Uint8Array).subarray(at * size, (at + 1) * size), i * size))
  return floats(part)
}

export class Look {
  readonly samples = signal<Float32Array | null>(null)
  readonly originals = signal<Float32Array | null>(null)
  readonly reconstructions = signal<Float32Array | null>(null)
  /** The loss on the test images, until it is taken for the curve. */
  #judged: { readonly test: number } | null = null
  #judgedAt = -Infinity

  takeJudged(): { readonly test: number } | null {
    const judged = this.#judged
    this.#judged = null
    return judged
  }

  async follow(run: Run, trainer: Trainer, test: ImageDataset): Promise<void> {
    const { encodes, judges } = factsOf(run.settings.model)
    const judged = judges && run.data!.unseen
    if (encodes) this.originals.value = oneOfEach(test)
    try {
      for (let seen = -1; !run.closed;) {
        const step = run.step.value
        if (step === seen || document.hidden) {
          await wait(PAUSE)
          continue
        }
        const began = performance.now()
        const [samples, reconstructions] = await Promise.all([
          trainer.sample(SAMPLES, { seed: run.settings.seed }), encodes ? trainer.reconstruct(this.originals.value!) : null,
        ])
        this.samples.value = samples
        this.reconstructions.value = reconstructions
        if (judged && began - this.#judgedAt > JUDGE) {
          this.#judgedAt = began
          const loss = (await trainer.evaluate(test, { batchSize: 200 }))['loss']
          if (loss !== undefined) this.#judged = { test: loss }
        }
        seen = step
        await wait(Math.max(calm.matches ? CALM : PAUSE, RARELY * (performance.now() - began)))
      }
    } catch (error) {
      // The trainer ends with its run; what ends a run otherwise is said by the run.
      if (!run.closed && run.status.value !== 'failed') throw error
    }
  }
}
