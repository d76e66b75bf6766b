// What a run's next step would see, again and again while somebody looks: the norms of gradients, the divergence by number of the
// code, what the discriminator believes.
import { signal } from '@preact/signals'
import type { Probed } from '../lab/probe.ts'
import { Curve } from './curve.ts'
import { floats } from './data.ts'
import { factsOf } from './facts.ts'
import type { Lab } from './lab.ts'
import { Looker } from './looker.ts'
import type { Run } from './run.ts'

/** Images that are looked at. */
const ROWS = 64
/** At most an eighth of the time. */
const [EVERY, RARELY] = [800, 7]

const meanOf = (all: ArrayLike<number>) => Array.from(all).reduce((a, b) => a + b, 0) / all.length
/** Of layers together, by their networks: what a step changes at once. */
export function byPart(norms: Probed['norms']): Record<string, number> {
  const squares: Record<string, number> = {}
  for (const { layer, norm } of norms) {
    const part = layer.split('/')[0]!
    squares[part] = (squares[part] ?? 0) + norm ** 2
  }
  return Object.fromEntries(Object.entries(squares).map(([part, square]) => [part, Math.sqrt(square)]))
}

export class Seen extends Looker {
  readonly latest = signal<Probed | null>(null)
  readonly norms = new Curve()
  readonly scores = new Curve()
  /** Goes up when the curves have changed. */
  readonly drawn = signal(0)
  #batch: { readonly images: Float32Array, readonly labels?: number[], readonly seed: number } | null = null

  constructor() {
    super(EVERY, RARELY)
  }

  protected async once(run: Run, lab: Lab, step: number): Promise<void> {
    const { kind, options } = run.trainer!.info
    const batch = this.#batch ??= batchOf(run)
    const rows = Math.min(ROWS, run.data!.train.count)
    const weights = await run.trainer!.weights()
    const probed = await lab.ask('probe', { kind, options, rows, weights, batch })
    this.latest.value = probed
    this.norms.add({ step, values: byPart(probed.norms) })
    const { real, made } = probed
    if (real && made) this.scores.add({ step, values: { real: meanOf(real), made: meanOf(made) } })
    this.drawn.value++
  }
}

/** The first images, with the class of each for a model that is told it. */
function batchOf({ data, settings: { model, seed } }: Run) {
  const { train } = data!
  const rows = Math.min(ROWS, train.count)
  const images = floats(train.images.slice(0, rows * (train.images.length / train.count)))
  return { images, seed, ...(factsOf(model).classes && { labels: Array.from(train.labels!.slice(0, rows)) }) }
}
