// What makes steps faster than one thread on the plain core: threads, relaxed precision, wide vectors. Loaded when asked for.
import { GanglionError } from '../errors.ts'
import { relaxedSimd, threads as threadsHere } from './features.ts'
import { parallelism } from '../host.ts'
import { ThreadPool } from './threads/pool.ts'
import { turnOn } from './wide.ts'

/** More threads seldom help models of this size, and leave the machine to others. */
const AUTO_MOST = 4

/** As `RuntimeOptions` has them. */
export interface Asked {
  readonly threads: number | 'auto'
  readonly precision: 'deterministic' | 'relaxed'
  readonly wide: boolean
  readonly worker: URL | string | undefined
}

/** What a runtime has of threads. */
export interface Threads {
  readonly count: number
  /** Why there are so many, in a sentence. */
  readonly reason: string
  readonly pool: ThreadPool | null
}

/**
 * Turns on what is asked for, and starts the threads.
 * @throws GanglionError where it is not available
 */
export async function prepare({ threads, precision, wide, worker }: Asked): Promise<Threads> {
  checkPrecision(precision)
  if (wide) turnOn()
  const { count, reason } = chooseThreads(threads)
  if (count === 1) return { count, reason, pool: null }
  try {
    return { count, reason, pool: await ThreadPool.start(count, worker) }
  } catch (error) {
    if (threads !== 'auto') throw error
    return { count: 1, reason: (error as Error).message, pool: null }
  }
}

function checkPrecision(precision: Asked['precision']): void {
  if (precision !== 'relaxed') return
  const { available, reason } = relaxedSimd()
  if (!available) throw new GanglionError(`precision 'relaxed' is not available: ${reason}`)
}

function chooseThreads(asked: number | 'auto'): { count: number; reason: string } {
  if (asked === 1) return { count: 1, reason: 'one thread was asked for' }
  const { available, reason } = threadsHere()
  if (asked === 'auto') {
    if (!available) return { count: 1, reason }
    const machine = parallelism()
    return { count: Math.min(machine, AUTO_MOST), reason: `'auto', and the machine runs ${machine} at once` }
  }
  if (!available) throw new GanglionError(`${asked} threads are not available: ${reason}; with threads: 'auto' it would take one`)
  return { count: asked, reason: `${asked} threads were asked for` }
}

/** How many threads `'auto'` takes here. */
export const automaticThreads = (): number => chooseThreads('auto').count
