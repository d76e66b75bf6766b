// The run that the page shows. Invariant: there is one, made of the settings; other settings end it and begin another.
import { effect, signal } from '@preact/signals'
import { Run } from './run.ts'
import { sameRun, settings } from './settings.ts'

export const run = signal<Run | null>(null)

export function restart(): void {
  run.peek()?.close()
  run.value = new Run(settings.peek())
}

/** Begins, and begins anew whenever the settings change. */
export function begin(): void {
  effect(() => {
    const next = settings.value
    const now = run.peek()
    if (!now || !sameRun(now.settings, next)) restart()
  })
}
