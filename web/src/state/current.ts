// The run that the page shows. Invariant: there is one, made of the settings; other settings end it and begin another.
import { effect, signal } from '@preact/signals'
import { type Moment, Run } from './run.ts'
import { change, sameRun, type Settings, settings } from './settings.ts'

export const run = signal<Run | null>(null)

export function restart(): void {
  run.peek()?.close()
  run.value = new Run(settings.peek())
}

/** Goes on with a run that was kept. */
export function open(next: Settings, from: Moment): void {
  run.peek()?.close()
  // First the run: settings that are its own begin no other.
  run.value = new Run(next, from)
  change(next)
}

/** Begins, and begins anew whenever the settings change. */
export function begin(): void {
  effect(() => {
    const next = settings.value
    const now = run.peek()
    if (!now || !sameRun(now.settings, next)) restart()
  })
}
