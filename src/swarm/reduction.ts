// What the micro-batches of a stage give, added up as it arrives. Invariant: the order of the additions is that of `treeSum`,
// whatever comes first; of what is to be added, only sums whose neighbour is still missing are held.

/**
 * What a micro-batch gives to a stage: `sums` floats that are added up, then others, `floats` in all; 0 for nothing. The first
 * `rounded` have 16 bits.
 */
export interface Layout {
  readonly sums: number
  readonly floats: number
  readonly rounded: number
}

/** A stage's sum over all micro-batches, and what each gave besides. */
export interface Reduced {
  readonly sum: Float32Array
  readonly own: readonly Float32Array[]
}

export class Reduction {
  readonly count: number
  readonly #layout: Layout
  /** Sums by their places in the tree: level, index. */
  readonly #held = new Map<string, Float32Array>()
  readonly #own: Float32Array[] = []
  #missing: number
  #sum: Float32Array | undefined

  constructor(count: number, layout: Layout) {
    this.count = count
    this.#layout = layout
    this.#missing = count
  }

  get done(): boolean {
    return this.#missing === 0
  }
  /** Floats that it holds. */
  get floats(): number {
    return this.#held.size * this.#layout.sums + this.#own.length * (this.#layout.floats - this.#layout.sums)
  }
  has(k: number): boolean {
    return this.#own[k] !== undefined
  }

  /**
   * Takes what micro-batch `k` gave, which is the reduction's from then on; false where it was there already.
   * @param lent whether it is another's again afterwards
   */
  add(k: number, values: Float32Array, lent = false): boolean {
    if (this.has(k)) return false
    const { sums } = this.#layout
    this.#own[k] = values.slice(sums)
    this.#missing--
    let [level, index, width] = [0, k, this.count]
    let sum = values.subarray(0, sums)
    let own = !lent
    for (; width > 1; level++, index >>= 1, width = Math.ceil(width / 2)) {
      const other = index ^ 1
      // The last of an odd number goes up alone.
      if (other >= width) continue
      const key = `${level} ${other}`
      const held = this.#held.get(key)
      if (!held) {
        this.#held.set(`${level} ${index}`, own ? sum : sum.slice())
        return true
      }
      this.#held.delete(key)
      // Whichever of the two is the left one: their sum has the same bits.
      for (let i = 0; i < held.length; i++) held[i]! += sum[i]!
      sum = held
      own = true
    }
    this.#sum = own ? sum : sum.slice()
    return true
  }

  /** @throws Error before all are there */
  result(): Reduced {
    if (!this.done) throw new Error(`a reduction lacks ${this.#missing} of ${this.count} micro-batches`)
    return { sum: this.#sum!, own: this.#own }
  }
}
