// What a chunk of training did, from the means over the epoch that training reports: a curve of those would be smoothed by all
// that came before in the epoch, and jump where the next begins.
import type { Progress } from 'ganglion/worker'

export interface Chunk {
  readonly step: number
  readonly epoch: number
  readonly values: Readonly<Record<string, number>>
  readonly samples: number
  readonly seconds: number
}

export function chunkOf(now: Progress, before: Progress | undefined): Chunk {
  const { step, epoch, metrics } = now
  const same = before && before.epoch === epoch && before.samples < now.samples ? before : undefined
  const samples = now.samples - (same?.samples ?? 0)
  const seconds = now.seconds - (same?.seconds ?? 0)
  const value = (name: string) => (metrics[name]! * now.samples - (same ? same.metrics[name]! * same.samples : 0)) / samples
  return { step, epoch, samples, seconds, values: Object.fromEntries(Object.keys(metrics).map((name) => [name, value(name)])) }
}
