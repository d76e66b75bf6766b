// What a run's next step would see, again and again while somebody looks: the norms of gradients, the divergence by number of the
// code, what the discriminator believes. Invariant: it takes at most an eighth of the time, and what was seen stays with the run.
import { signal } from '@preact/signals'
import type { Probed } from '../lab/probe.ts'
import { Curve } from './curve.ts'
import { floats } from './data.ts'
import { factsOf } from './facts.ts'
import { Closed, Lab } from './lab.ts'
import type { Run } from './run.ts'

/** Images that are looked at. */
const ROWS = 64
/** Milliseconds from one time to the next at least, and how often what it took. */
const EVERY = 800
const RARELY = 7

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))
const meanOf = (all: ArrayLike<number>) => Array.from(all).reduce((a, b) => a + b, 0) / all.length
/** Of layers together, by their networks: what a step changes at once. */
function byPart(norms: Probed['norms']): Record<string, number> {
  const squares: Record<string, number> = {}
  for (const { layer, norm } of norms) {
    const part = layer.split('/')[0]!
    squares[part] = (squares[part] ?? 0) + norm ** 2
  }
  return Object.fromEntries(Object.entries(squares).map(([part, square]) => [part, Math.sqrt(square)]))
}

export class Seen {
  readonly latest = signal<Probed | null>(null)
  readonly error = signal('')
  readonly norms = new Curve()
  readonly scores = new Curve()
  /** Goes up when the curves have changed. */
  readonly drawn = signal(0)
  #lookers = 0
  /** Who came back before the last look was done looks anew, and the last one ends. */
  #turn = 0

  /** Looks until what it gives is called. */
  look(run: Run): () => void {
    if (++this.#lookers === 1) void this.#follow(run)
    return () => void this.#lookers--
  }

  async #follow(run: Run): Promise<void> {
    const turn = ++this.#turn
    const lab = new Lab()
    try {
      const { train } = run.data!
      const rows = Math.min(ROWS, train.count)
      const size = train.images.length / train.count
      const images = floats(train.images.slice(0, rows * size))
      const labels = factsOf(run.settings.model).classes ? { labels: Array.from(train.labels!.slice(0, rows)) } : {}
      const { kind, options } = run.trainer!.info
      for (let seen = -1; this.#lookers && this.#turn === turn && !run.closed;) {
        const step = run.step.value
        if (step === seen || document.hidden) {
          await wait(100)
          continue
        }
        const began = performance.now()
        const weights = await run.trainer!.weights()
        const batch = { images, ...labels, seed: run.settings.seed }
        const probed = await lab.ask('probe', { kind, options, rows, weights, batch })
        this.latest.value = probed
        this.norms.add({ step, values: byPart(probed.norms) })
        const { real, made } = probed
        if (real && made) this.scores.add({ step, values: { real: meanOf(real), made: meanOf(made) } })
        this.drawn.value++
        seen = step
        await wait(Math.max(EVERY, RARELY * (performance.now() - began)))
      }
    } catch (error) {
      // Of a trainer that was closed meanwhile nobody waits for anything.
      if (!run.closed && !(error instanceof Closed)) this.error.value = (error as Error).message
    } finally {
      lab.close()
    }
  }
}
