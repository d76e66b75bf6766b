// Looks at a run while it trains: samples, reconstructions, figures on images that training does not see. Invariant: it takes at
// most a third of the time, whatever the model, and nothing while nobody sees the page or nothing has changed.
import { signal } from '@preact/signals'
import type { ImageDataset, Trainer } from 'ganglion/worker'
import { floats, isPlane } from './data.ts'
import { factsOf } from './facts.ts'
import type { Run } from './run.ts'

/** Samples are in so many rows; a column has one class, where the model has classes. */
const ROWS = 8
const COLUMNS = [8, 10, 9, 12, 6, 7, 11, 5]
/** Images that are reconstructed: one of each class, or the first ones. */
export const SHOWN = 10
/** Of points of a plane, how many are made, in so many columns, and how many are reconstructed. */
const POINTS = { count: 400, columns: 20, shown: 200 } as const
/** Milliseconds from one look to the next at least, with reduced motion, and from one judgement to the next. */
const PAUSE = 120
const CALM = 1500
const JUDGE = 1000
/** How often what a look, and what a judgement, took is waited before the next: pictures of a slow model are to move, too. */
const RARELY = 4
const SELDOM = 10

const calm = matchMedia('(prefers-reduced-motion: reduce)')
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

export interface Grid {
  readonly columns: number
  readonly count: number
}

/** How samples are laid out. Each class has its turn, so it has a column where the columns are a multiple of the classes. */
export function gridOf({ settings, data }: Run): Grid {
  if (isPlane(settings.data)) return POINTS
  const classes = factsOf(settings.model).classes ? data?.classNames.length ?? 1 : 1
  const columns = COLUMNS.find((count) => count % classes === 0) ?? COLUMNS[0]!
  return { columns, count: columns * ROWS }
}

/** Images as floats, with the class of each for a model that is told it. */
export interface Shown {
  readonly images: Float32Array
  readonly labels?: readonly number[]
}

/** The first image of each class, then others until there are as many as are shown. */
export function oneOfEach({ images, labels, count }: ImageDataset, shown = SHOWN): Shown {
  const size = images.length / count
  const firsts = labels ? [...new Set(labels)].sort((a, b) => a - b).map((label) => labels.indexOf(label)) : []
  const chosen = [...new Set([...firsts, ...Array(count).keys()])].slice(0, shown)
  const part = new (images.constructor as Uint8ArrayConstructor)(chosen.length * size)
  chosen.forEach((at, i) => part.set((images as Uint8Array).subarray(at * size, (at + 1) * size), i * size))
  return { images: floats(part), ...(labels && { labels: chosen.map((at) => Number(labels[at])) }) }
}

export class Look {
  readonly samples = signal<Float32Array | null>(null)
  readonly originals = signal<Shown | null>(null)
  readonly reconstructions = signal<Float32Array | null>(null)
  /** The loss on the test images, until it is taken for the curve. */
  #judged: { readonly test: number } | null = null
  /** From when on it may be judged again. */
  #judgeAfter = -Infinity

  takeJudged(): { readonly test: number } | null {
    const judged = this.#judged
    this.#judged = null
    return judged
  }

  async #judge(trainer: Trainer, test: ImageDataset): Promise<void> {
    const began = performance.now()
    const loss = (await trainer.evaluate(test, { batchSize: 200 }))['loss']
    if (loss !== undefined) this.#judged = { test: loss }
    const now = performance.now()
    this.#judgeAfter = now + Math.max(JUDGE, SELDOM * (now - began))
  }

  async follow(run: Run, trainer: Trainer, test: ImageDataset): Promise<void> {
    const { encodes, judges, classes } = factsOf(run.settings.model)
    const judged = judges && run.data!.unseen
    const { count } = gridOf(run)
    const originals = encodes ? oneOfEach(test, isPlane(run.settings.data) ? POINTS.shown : SHOWN) : null
    this.originals.value = originals
    try {
      for (let seen = -1; !run.closed;) {
        const step = run.step.value
        if (step === seen || document.hidden) {
          await wait(PAUSE)
          continue
        }
        const began = performance.now()
        const [samples, reconstructions] = await Promise.all([
          trainer.sample(count, { seed: run.settings.seed }),
          originals && trainer.reconstruct(originals.images, classes ? { labels: originals.labels! } : {}),
        ])
        this.samples.value = samples
        this.reconstructions.value = reconstructions
        seen = step
        const took = performance.now() - began
        if (judged && began > this.#judgeAfter) await this.#judge(trainer, test)
        await wait(Math.max(calm.matches ? CALM : PAUSE, RARELY * took))
      }
    } catch (error) {
      // The trainer ends with its run; what ends a run otherwise is said by the run.
      if (!run.closed && run.status.value !== 'failed') throw error
    }
  }
}
