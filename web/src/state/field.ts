// What a run's discriminator makes of the plane, again and again while somebody looks (lab/field.ts).
import { signal } from '@preact/signals'
import type { Field } from '../lab/field.ts'
import type { Lab } from './lab.ts'
import { Looker } from './looker.ts'
import type { Run } from './run.ts'

/** At most a third of the time. */
const [EVERY, RARELY] = [150, 2]

export class PlaneField extends Looker {
  readonly latest = signal<Field | null>(null)

  constructor() {
    super(EVERY, RARELY)
  }

  protected async once(run: Run, lab: Lab): Promise<void> {
    const { kind, options } = run.trainer!.info
    const weights = await run.trainer!.weights()
    this.latest.value = await lab.ask('field', { kind, options, rows: 2, weights, seed: run.settings.seed })
  }
}
