// Runs that this browser keeps, in IndexedDB. Where it has none, or has no room, the page says so and goes on without.
import { signal } from '@preact/signals'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Moment } from './run.ts'

/** What is listed: all but the state. */
export interface Kept {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The address of its settings. */
  readonly hash: string
  readonly step: number
  readonly digest: string
  readonly picture: { readonly images: Float32Array, readonly shape: readonly number[], readonly columns: number }
}
interface Shelf extends DBSchema {
  readonly runs: { readonly key: string, readonly value: Kept }
  readonly moments: { readonly key: string, readonly value: Moment }
}

export const runs = signal<readonly Kept[] | null>(null)
/** Why runs are not kept: the browser has nowhere, or no room. */
export const trouble = signal<'' | 'nowhere' | 'full'>('')

/** Tells the page's other tabs that something changed. */
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ganglion runs')
others?.addEventListener('message', () => void list())

let opened: Promise<IDBPDatabase<Shelf>> | undefined
const shelf = () => (opened ??= openDB<Shelf>('ganglion', 1, {
  upgrade(db) {
    db.createObjectStore('runs', { keyPath: 'id' })
    db.createObjectStore('moments')
  },
  // A later version of the page, in another tab, is not held up.
  blocking: (_, __, event) => (event.target as IDBDatabase).close(),
}))

const isFull = (error: unknown): boolean => (error as Error | null)?.name === 'QuotaExceededError'

/** What comes of work on the shelf; null where there is trouble. */
async function attempt<T>(work: (db: IDBPDatabase<Shelf>) => Promise<T>): Promise<T | null> {
  try {
    const result = await work(await shelf())
    trouble.value = ''
    return result
  } catch (error) {
    if (!isFull(error)) opened = undefined
    trouble.value = isFull(error) ? 'full' : 'nowhere'
    return null
  }
}

export async function list(): Promise<void> {
  const found = await attempt((db) => db.getAll('runs'))
  if (found) runs.value = found.sort((a, b) => b.at - a.at)
}
async function changed(): Promise<void> {
  others?.postMessage('')
  const before = trouble.value
  await list()
  if (before) trouble.value = before
}

/** Both or none of them. */
export async function keep(run: Kept, moment: Moment): Promise<void> {
  await attempt(async (db) => {
    const transaction = db.transaction(['runs', 'moments'], 'readwrite')
    await Promise.all([
      transaction.objectStore('runs').put(run), transaction.objectStore('moments').put(moment, run.id), transaction.done,
    ])
  })
  await changed()
}
export async function rename(run: Kept, name: string): Promise<void> {
  await attempt((db) => db.put('runs', { ...run, name }))
  await changed()
}
export async function forget({ id }: Kept): Promise<void> {
  await attempt(async (db) => {
    const transaction = db.transaction(['runs', 'moments'], 'readwrite')
    await Promise.all([
      transaction.objectStore('runs').delete(id), transaction.objectStore('moments').delete(id), transaction.done,
    ])
  })
  await changed()
}
export const momentOf = ({ id }: Kept): Promise<Moment | null> => attempt(async (db) => (await db.get('moments', id)) ?? null)
