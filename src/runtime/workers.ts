// Starts workers in any runtime: Node's worker_threads where the process has them, Web Workers elsewhere. Always from a
// real file, never a blob: a page's Content-Security-Policy may refuse those.
import { builtin, type NodeModules } from './host.ts'
import type { Answer, Order } from './thread.ts'

export interface ThreadWorker {
  post(order: Order): void
  /** A waiting process may end (false), or is kept (true). */
  keep(alive: boolean): void
  end(): Promise<void>
}

/** What a worker tells of itself; `end` may come more than once, and after an `end()` from here too. */
export interface Listener {
  answer(answer: Answer): void
  end(why: string): void
}

/** Starts a worker. `file` replaces the package's own thread.js, where a bundler has moved that. */
export function startWorker(file: URL | string | undefined, on: Listener): ThreadWorker {
  const threads = builtin('worker_threads')
  if (threads) return startThread(threads.Worker, file ? new URL(file) : new URL('./thread.js', import.meta.url), on)
  // Bundlers know this very expression, and take the file along.
  const worker = file
    ? new Worker(file, { type: 'module' })
    : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }) => on.answer(data as Answer)
  worker.onerror = ({ message }) => on.end(message || 'its file could not be loaded')
  return {
    post: (order) => worker.postMessage(order),
    keep() {},
    end: () => {
      worker.terminate()
      return Promise.resolve()
    },
  }
}

function startThread(Thread: NodeModules['worker_threads']['Worker'], file: URL, on: Listener): ThreadWorker {
  // The process's own arguments (loaders, an inspector) are not for this worker.
  const worker = new Thread(file, { execArgv: [] })
  worker.on('message', (answer: Answer) => on.answer(answer))
  worker.on('error', (error: Error) => on.end(error.message))
  worker.on('exit', (code: number) => on.end(`it exited with code ${code}`))
  return {
    post: (order) => worker.postMessage(order),
    keep: (alive) => (alive ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  }
}
