// Decodes and prepares many pictures: in as many workers as there are to be, or here. Invariant: what is handed on comes in the
// order of the files, and is the same however many workers there are.
import { GanglionError } from '../errors.ts'
import { parallelism, workersAllowed, workersExist } from '../host.ts'
import { connect, type Connection, threadFrom } from '../runtime/threads/connection.ts'
import { decodePicture } from './decode.ts'
import type { Answer, Order } from './pictures_worker.ts'
import { prepare, type PreparedPicture, type Target } from './prepare.ts'

/** A file of a picture. */
export interface PictureFile {
  /** What messages call it. */
  readonly name: string
  /** The number of its class. */
  readonly label?: number
  /** @param most the most bytes that all pictures may take; a file may take an eighth of it */
  read(most: number): Promise<Uint8Array>
}

export interface Task {
  readonly target: Target
  readonly maxBytes: number
  readonly workers?: number
}

/** Fewer are done sooner here than a worker starts. */
const FEW = 32
/** Files that a worker has been given and has not done. */
const AHEAD = 4

/**
 * Each file's picture, or the error that it has, in order.
 * @throws what `each` throws; the rest is left undone then
 */
export async function prepareAll(
  files: readonly PictureFile[], task: Task, each: (i: number, made: PreparedPicture | GanglionError) => void,
): Promise<void> {
  const wanted = task.workers ?? (files.length < FEW ? 0 : parallelism())
  const most = Math.min(wanted, files.length)
  const workers = most && workersExist() && workersAllowed() ? await startedWorkers(most) : []
  try {
    if (workers.length) await inWorkers(files, task, workers, each)
    else await here(files, task, each)
  } finally {
    await Promise.all(workers.map((worker) => worker.end()))
  }
}

const here = async (files: readonly PictureFile[], { target, maxBytes }: Task, each: Parameters<typeof prepareAll>[2]) => {
  for (const [i, file] of files.entries()) {
    const made = await file.read(maxBytes).then((bytes) => decodePicture(bytes, file.name, maxBytes))
      .then((picture) => prepare(picture, target)).catch(known)
    each(i, made)
  }
}

/** An error of a file; others are passed on. */
export function known(error: unknown): GanglionError {
  if (error instanceof GanglionError) return error
  throw error
}

class PictureWorker {
  readonly #connection: Connection<Order>
  readonly #waiting = new Map<number, { done(answer: Answer): void, fail(error: Error): void }>()
  readonly ready: Promise<boolean>

  constructor() {
    let answered: (there: boolean) => void
    this.ready = new Promise((resolve) => { answered = resolve })
    this.#connection = connect<Order, Answer>(startWorker(), {
      answer: (answer) => {
        if ('ready' in answer) return answered(true)
        this.#waiting.get(answer.id)?.done(answer)
        this.#waiting.delete(answer.id)
      },
      end: (why) => {
        answered(false)
        for (const { fail } of this.#waiting.values()) fail(new GanglionError(`a worker that decodes ended (${why}); try again`))
        this.#waiting.clear()
      },
    })
  }

  ask(order: Order): Promise<Answer> {
    return new Promise((done, fail) => {
      this.#waiting.set(order.id, { done, fail })
      this.#connection.post(order, [order.bytes.buffer as ArrayBuffer])
    })
  }

  end(): Promise<void> {
    return this.#connection.end()
  }
}

function startWorker() {
  // Bundlers know this very expression, and take the file along.
  return threadFrom(new URL('./pictures_worker.js', import.meta.url)) ??
    new Worker(new URL('./pictures_worker.js', import.meta.url), { type: 'module' })
}

/** Those that start: a bundle may have left their file behind, a policy may refuse it. Without any, the work is done here. */
async function startedWorkers(count: number): Promise<PictureWorker[]> {
  try {
    const all = Array.from({ length: count }, () => new PictureWorker())
    const there = await Promise.all(all.map((worker) => worker.ready))
    return all.filter((_, i) => there[i])
  } catch {
    return []
  }
}

async function inWorkers(
  files: readonly PictureFile[], { target, maxBytes }: Task, workers: readonly PictureWorker[],
  each: (i: number, made: PreparedPicture | GanglionError) => void,
): Promise<void> {
  const results: (Promise<PreparedPicture | GanglionError> | undefined)[] = []
  const ask = async (i: number) => {
    const { name, read } = files[i]!
    const given = await read(maxBytes).catch(known)
    if (given instanceof GanglionError) return given
    // A view is sent whole: its own bytes only.
    const bytes = given.byteLength === given.buffer.byteLength ? given : given.slice()
    const answer = await workers[i % workers.length]!.ask({ id: i, bytes, name, target, maxBytes })
    if ('made' in answer) return answer.made
    if ('refused' in answer) return new GanglionError(answer.refused)
    throw new Error((answer as { failed: string }).failed)
  }
  let asked = 0
  for (let i = 0; i < files.length; i++) {
    for (; asked < Math.min(files.length, i + workers.length * AHEAD); asked++) {
      const next = ask(asked)
      // Whoever waits hears of it.
      next.catch(() => {})
      results[asked] = next
    }
    const made = await results[i]!
    results[i] = undefined
    each(i, made)
  }
}
