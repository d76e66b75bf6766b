// What a run makes of codes, drawn anew as it trains.
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'

interface Wanted {
  readonly codes: Float32Array
  readonly label: number
}

/**
 * Images of codes: those asked for last, when the trainer has time for them. Null until there are any.
 * @param label the class that all are drawn as, where the model has classes
 */
export function useDecoded(run: Run, codes: Float32Array | null, label: number): Signal<Float32Array | null> {
  const images = useSignal<Float32Array | null>(null)
  const wanted = useRef<Wanted | null>(null)
  const told = factsOf(run.settings.model).classes
  const busy = useRef(false)
  // Changes when the weights have.
  const seen = run.look.samples.value
  useEffect(() => {
    wanted.current = codes && { codes, label }
    if (busy.current || !codes || !run.trainer) return
    busy.current = true
    void decode(run).finally(() => (busy.current = false))
  }, [codes, label, seen, run])

  async function decode(run: Run): Promise<void> {
    for (let next; (next = wanted.current) && !run.closed;) {
      wanted.current = null
      // Of a trainer that was closed meanwhile nobody waits for anything.
      const made = await run.trainer!.decode(next.codes, told ? { label: next.label } : {}).catch(() => null)
      if (made) images.value = made
    }
  }
  return images
}
