// Starts the workers of the thread pool in any runtime: Node's worker_threads where the process has them, Web Workers
// elsewhere. Always from a real file, never a blob: a page's Content-Security-Policy may refuse those.
import { connect, type Connection, type Listener, started, threadFrom } from './connection.ts'
import type { Answer, Order } from './thread.ts'

export type ThreadWorker = Connection<Order>

/** The options that take another file's address. */
export const FILE_OPTION = "createRuntime's `worker` (createTrainer's `threadWorker`)"

/**
 * Starts a worker. `file` replaces the package's own thread.js, where a bundler has moved that.
 * @throws GanglionError where the host refuses
 */
export function startWorker(file: URL | string | undefined, on: Listener<Answer>): ThreadWorker {
  return started(FILE_OPTION, () => {
    const thread = threadFrom(file ?? new URL('./thread.js', import.meta.url))
    if (thread) return connect(thread, on)
    // Bundlers know this very expression, and take the file along.
    const worker = file
      ? new Worker(file, { type: 'module' })
      : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })
    return connect(worker, on)
  })
}
