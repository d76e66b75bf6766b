// What a run makes of codes, drawn anew as it trains.
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { factsOf } from '../state/facts.ts'
import { latest } from '../state/latest.ts'
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
  const told = factsOf(run.settings.model).classes
  const decode = useMemo(() => latest(async ({ codes, label }: Wanted) => {
    if (run.closed) return
    // Of a trainer that was closed meanwhile nobody waits for anything.
    const made = await run.trainer!.decode(codes, told ? { label } : {}).catch(() => null)
    if (made) images.value = made
  }), [run])
  // Changes when the weights have.
  const seen = run.look.samples.value
  useEffect(() => {
    if (codes && run.trainer) decode({ codes, label })
  }, [codes, label, seen, run])
  return images
}
