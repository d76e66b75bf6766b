// Looks at what a run's next step would see, for as long as a part is there.
import { useEffect } from 'preact/hooks'
import type { Seen } from '../state/probed.ts'
import type { Run } from '../state/run.ts'

export function useSeen(run: Run): Seen {
  const ready = run.threads.value !== null
  useEffect(() => (ready ? run.seen.look(run) : undefined), [run, ready])
  return run.seen
}
