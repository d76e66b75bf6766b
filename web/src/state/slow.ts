// Slow motion: before each step a second in which its parts are shown one after another. It changes no bit.
import { signal } from '@preact/signals'
import { factsOf } from './facts.ts'

/** What a step does, in its order; a GAN's has both sides. */
const PARTS = {
  autoencoder: ['batch', 'encode', 'decode', 'compare', 'gradients', 'update'],
  gan: ['noise', 'judge', 'updateDiscriminator', 'slopes', 'updateGenerator'],
} as const
export type StepPart = (typeof PARTS)[keyof typeof PARTS][number]

export const stepOf = (model: string): readonly StepPart[] => PARTS[factsOf(model).encodes ? 'autoencoder' : 'gan']

/** Milliseconds that a step is shown for. */
const STEP = 1000

/** Resolves after some milliseconds, or when it is stopped. */
const wait = (ms: number, stop: AbortSignal) => new Promise<void>((done) => {
  const end = () => {
    clearTimeout(timer)
    stop.removeEventListener('abort', end)
    done()
  }
  const timer = setTimeout(end, ms)
  stop.addEventListener('abort', end)
})

export class SlowMotion {
  readonly on = signal(false)
  /** The part that is shown now. */
  readonly part = signal<StepPart | null>(null)

  turn(on: boolean): void {
    this.on.value = on
    if (!on) this.part.value = null
  }

  /** Whether it came to the end of the step, rather than be stopped. */
  async show(model: string, stop: AbortSignal): Promise<boolean> {
    const parts = stepOf(model)
    for (const part of parts) {
      if (stop.aborted) return false
      this.part.value = part
      await wait(STEP / parts.length, stop)
    }
    return !stop.aborted
  }
}
