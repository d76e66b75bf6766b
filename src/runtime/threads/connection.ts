// A worker as its host sees it, the same for a Web Worker and for a thread of Node: messages both ways, and its end.
import { builtin, type NodeWorker } from '../host.ts'

export interface Connection<Out> {
  post(message: Out, transfer?: Transferable[]): void
  /** A waiting process may end (false), or is kept (true). */
  keep(alive: boolean): void
  end(): Promise<void>
}

/** What a worker tells of itself; `end` may come more than once, and after an `end()` from here too. */
export interface Listener<In> {
  answer(message: In): void
  end(why: string): void
}

/** A worker from a file, where there are Node's threads; elsewhere null, and a `new Worker` that bundlers know is to start it. */
export function threadFrom(file: URL | string): NodeWorker | null {
  const threads = builtin('worker_threads')
  // The process's own arguments (loaders, an inspector) are not for this worker.
  return threads ? new threads.Worker(new URL(file), { execArgv: [] }) : null
}

export function connect<Out, In>(worker: Worker | NodeWorker, on: Listener<In>): Connection<Out> {
  return 'on' in worker ? connectThread(worker, on) : connectWeb(worker, on)
}

function connectWeb<Out, In>(worker: Worker, on: Listener<In>): Connection<Out> {
  worker.onmessage = ({ data }) => on.answer(data as In)
  worker.onerror = ({ message }) => on.end(message || 'its file could not be loaded')
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    keep() {},
    end: () => {
      worker.terminate()
      return Promise.resolve()
    },
  }
}

function connectThread<Out, In>(worker: NodeWorker, on: Listener<In>): Connection<Out> {
  worker.on('message', (message: In) => on.answer(message))
  worker.on('error', (error: Error) => on.end(error.message))
  worker.on('exit', (code: number) => on.end(`it exited with code ${code}`))
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    keep: (alive) => (alive ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  }
}
