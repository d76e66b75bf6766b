// Which of a GAN's two networks train: one whose learning rate is 0 stands still, and the other goes on against it.
import { signal } from '@preact/signals'
import type { Trainer } from 'ganglion/worker'

export const SIDES = ['both', 'discriminator', 'generator'] as const
export type Side = (typeof SIDES)[number]

const rateOf = (side: Exclude<Side, 'both'>) => `adam_${side}/learningRate`

export class Sides {
  readonly trains = signal<Side>('both')
  /** Whether a side ever stood still: what the settings end in is something else. */
  readonly touched = signal(false)
  /** The rates of both, from when they trained. */
  #rates: Readonly<Record<string, number>> | null = null

  async train(trainer: Trainer, side: Side): Promise<void> {
    this.#rates ??= await trainer.hyperparameters()
    for (const each of ['discriminator', 'generator'] as const) {
      const name = rateOf(each)
      await trainer.setHyperparameter(name, side === 'both' || side === each ? this.#rates[name]! : 0)
    }
    this.trains.value = side
    if (side !== 'both') this.touched.value = true
  }

  /** Does something while both would train. */
  async asBoth<T>(trainer: Trainer, work: () => Promise<T>): Promise<T> {
    const side = this.trains.value
    if (side === 'both') return work()
    await this.train(trainer, 'both')
    try {
      return await work()
    } finally {
      await this.train(trainer, side)
    }
  }
}
