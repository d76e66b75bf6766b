// A run as far as the page was told of it. Invariant: an update costs what is new of it, and a curve of a bounded number of
// points, however many epochs there are.
import { computed, signal } from '@preact/signals'
import { Curve } from '../state/curve.ts'
import { isOnTest } from './compare.ts'
import type { Drawn, Facts, News, Row } from '../../../src/cli/watch/news.ts'
import { momentsOf, type Placed } from './moments.ts'

export class Live {
  readonly index: number
  readonly facts
  /** The last epoch's, and of whatever came last. */
  readonly epoch = signal<Row | null>(null)
  readonly last = signal<Row | null>(null)
  /** Whether there are figures of steps, which are drawn in place of those of epochs. */
  #fine = false
  #rows: Row[] = []
  /** Steps within epochs after which there are pictures. */
  #drawn: number[] = []
  #curve = new Curve()
  readonly #changes = signal(0)
  readonly series = computed(() => {
    void this.#changes.value
    return this.#curve.series()
  })

  constructor(index: number, facts: Facts) {
    this.index = index
    this.facts = signal(facts)
  }

  take({ keep, rows, drawn, ...facts }: News): void {
    this.#drawn.length = drawn.keep
    for (const step of drawn.steps) this.#drawn.push(step)
    this.facts.value = facts
    if (keep === this.#rows.length && rows.length === 0) return
    if (keep < this.#rows.length) {
      this.#rows.length = keep
      this.#curve = new Curve()
      this.#fine = false
      for (const row of this.#rows) this.#draw(row)
    }
    for (const row of rows) {
      this.#rows.push(row)
      this.#draw(row)
    }
    this.epoch.value = this.#rows.findLast(({ complete }) => complete !== null) ?? null
    this.last.value = this.#rows.at(-1) ?? null
    this.#changes.value++
  }

  #draw({ step, values, complete }: Row): void {
    this.#fine ||= complete === null
    const drawn = this.#fine && complete !== null
      ? Object.fromEntries(Object.entries(values).filter(([name]) => isOnTest(name))) : values
    this.#curve.add({ step, values: drawn })
  }

  /** When there are pictures of it, up to the newest, in order. */
  momentsTo(newest: Drawn): readonly Placed[] {
    void this.#changes.value
    return momentsOf(this.#rows, this.#drawn, newest)
  }

  option(name: string): string | undefined {
    return this.facts.value.options.find(([option]) => option === name)?.[1]
  }
}
