// A run's figures by step, for the chart. Invariant: it stays below a size, however long the run is: where it is full, two points
// become one, so that old and new parts are drawn alike.
const MOST = 800

export interface Point {
  readonly step: number
  readonly values: Readonly<Record<string, number>>
}

export interface Series {
  readonly steps: readonly number[]
  /** Null where a step has none. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>
}

export class Curve {
  readonly #points: Point[] = []
  readonly #names: string[] = []
  /** Points that are still to be joined into one. */
  #open: Point[] = []
  #each = 1

  add(point: Point): void {
    for (const name of Object.keys(point.values)) if (!this.#names.includes(name)) this.#names.push(name)
    this.#open.push(point)
    if (this.#open.length < this.#each) return
    this.#points.push(joined(this.#open))
    this.#open = []
    if (this.#points.length < MOST) return
    const all = this.#points.splice(0)
    for (let i = 0; i < all.length; i += 2) this.#points.push(joined(all.slice(i, i + 2)))
    this.#each *= 2
  }

  /** Takes all of another one's points. */
  put({ steps, values }: Series): void {
    steps.forEach((step, i) => {
      const there = Object.entries(values).flatMap(([name, all]) => (all[i] === null ? [] : [[name, all[i]!] as const]))
      this.add({ step, values: Object.fromEntries(there) })
    })
  }

  /** All points, the last one as far as it is there: the values of each name by step, in the order in which names came. */
  series(): Series {
    const points = this.#open.length ? [...this.#points, joined(this.#open)] : this.#points
    const values = this.#names.map((name) => [name, points.map((point) => point.values[name] ?? null)] as const)
    return { steps: points.map(({ step }) => step), values: Object.fromEntries(values) }
  }
}

/** Means of what the points have, at the last one's step. */
function joined(points: readonly Point[]): Point {
  if (points.length === 1) return points[0]!
  const names = new Set(points.flatMap(({ values }) => Object.keys(values)))
  const mean = (name: string) => {
    const all = points.flatMap(({ values }) => values[name] ?? [])
    return all.reduce((a, b) => a + b, 0) / all.length
  }
  return { step: points.at(-1)!.step, values: Object.fromEntries([...names].map((name) => [name, mean(name)])) }
}
