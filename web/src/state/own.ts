// Pictures of one's own: what was given so far, and the data sets that were made of it. Nothing leaves the page.
// Invariant: a set's name is of its bytes, so that an address names the pictures that it was made with and no others.
import { signal } from '@preact/signals'
import type { Asked, Made } from '../workers/pictures.ts'
import type { Data } from './data.ts'
import type { GivenFile } from './given.ts'

export const SIZES = [28, 32, 64] as const
export const CHANNELS = [1, 3] as const
export const FITS = ['cover', 'contain', 'stretch'] as const
export interface Wanted {
  readonly size: (typeof SIZES)[number]
  readonly channels: (typeof CHANNELS)[number]
  readonly fit: (typeof FITS)[number]
}

/** A set that was made, and what was done for it. */
export interface OwnSet extends Data {
  readonly id: string
  readonly wanted: Wanted
  /** Why files were left out, and the names of those that are no pictures that can be read. */
  readonly broken: readonly string[]
  readonly skipped: readonly string[]
}

export const given = signal<readonly GivenFile[]>([])
export const wanted = signal<Wanted>({ size: 28, channels: 1, fit: 'cover' })
export const current = signal<OwnSet | null>(null)
export const making = signal(false)
export const fault = signal('')

const sets = new Map<string, OwnSet>()
/** All that were made since the page was opened. */
export const ownSets = (): readonly OwnSet[] => [...sets.values()]
export const ownData = (id: string): OwnSet | undefined => sets.get(id)

export function give(files: readonly GivenFile[]): void {
  if (!files.length) return
  given.value = [...given.value, ...files]
  void make()
}
export function want(some: Partial<Wanted>): void {
  wanted.value = { ...wanted.value, ...some }
  void make()
}
export function giveUp(): void {
  given.value = []
  void make()
}

/** Only the last that was asked for counts. */
let asked = 0

async function make(): Promise<void> {
  const now = ++asked
  fault.value = ''
  making.value = given.value.length > 0
  if (!given.value.length) {
    current.value = null
    return
  }
  const made = await inWorker({ files: given.value, wanted: wanted.value })
  if (now !== asked) return
  making.value = false
  if ('error' in made) {
    fault.value = made.error
    current.value = null
    return
  }
  const set = { ...made, wanted: wanted.value }
  sets.set(set.id, set)
  current.value = set
}

/** Asks a worker that ends with its answer. */
function inWorker(asked: Asked): Promise<Made> {
  const worker = new Worker(new URL('../workers/pictures.ts', import.meta.url), { type: 'module' })
  return new Promise<Made>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Made>) => resolve(data)
    worker.onerror = ({ message }) => resolve({ error: message })
    worker.postMessage(asked)
  }).finally(() => worker.terminate())
}
