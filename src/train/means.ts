// The figures of an epoch: what each training function summed up in the core, as means over samples.
import type { CompiledFunction } from '../runtime/function.ts'

export class Means {
  readonly #batchSize: number
  /** How much of a batch a step of each function takes. */
  readonly #fractions = new Map<CompiledFunction, number>()
  constructor(batchSize: number) {
    this.#batchSize = batchSize
  }

  /** Counts what `fn` reports from here on, a step of it being on a batch of `size`. */
  of(fn: CompiledFunction, size: number): void {
    if (!this.#fractions.has(fn)) fn.clearMetrics()
    this.#fractions.set(fn, size / this.#batchSize)
  }

  /** The mean of each metric over all samples. */
  values(): Record<string, number> {
    const totals: Record<string, [sum: number, count: number]> = {}
    for (const [fn, fraction] of this.#fractions) {
      for (const [name, { sum, count }] of Object.entries(fn.metrics())) {
        const total = (totals[name] ??= [0, 0])
        total[0] += sum * fraction
        total[1] += count * fraction
      }
    }
    return Object.fromEntries(Object.entries(totals).map(([name, [sum, count]]) => [name, sum / count]))
  }
}
