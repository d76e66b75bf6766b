// A worker as its host sees it, the same for a Web Worker and for a thread of Node: messages both ways, and its end.
import { GanglionError } from '../../errors.ts'
import { shown } from '../../options.ts'
import { builtin, type NodeWorker } from '../../host.ts'

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

/** A worker from a file, where there are Node's threads; elsewhere null: a `new Worker` that bundlers know is to start it. */
export function threadFrom(file: URL | string): NodeWorker | null {
  const threads = builtin('worker_threads')
  if (!threads) return null
  if (!URL.canParse(file)) throw new TypeError(`${shown(String(file))} is no whole address, file:///… say`)
  // The process's own arguments (loaders, an inspector) are not for this worker.
  return new threads.Worker(new URL(file), { execArgv: [] })
}

/**
 * What `start` starts.
 * @param give the option that takes another file's address
 * @throws GanglionError that says what to do, where the host refuses
 */
export function started<T>(give: string, start: () => T): T {
  try {
    return start()
  } catch (cause) {
    const { code, message } = cause as Error & { code?: string }
    throw new GanglionError(`a worker cannot be started here (${message}); ${helpFor(`${code} ${message}`, give)}`, { cause })
  }
}

/**
 * What helps where Node's permission model refuses, Trusted Types (Firefox: "Sink type mismatch"), a page's origin, or a bundle
 * has no import.meta.
 */
function helpFor(said: string, give: string): string {
  if (/^ERR_ACCESS/.test(said)) return 'start Node with --allow-worker'
  return `give ${give} ` + (/Trusted|Sink type/.test(said) ? 'an address that your Trusted Types policy made (the guide, "In a worker")'
    : /origin/.test(said) ? 'a file of this origin that imports it (the guide, "In a worker")'
      : 'the address of its file')
}

export function connect<Out, In>(worker: Worker | NodeWorker, on: Listener<In>): Connection<Out> {
  return 'on' in worker ? connectThread(worker, on) : connectWeb(worker, on)
}

function connectWeb<Out, In>(worker: Worker, on: Listener<In>): Connection<Out> {
  worker.onmessage = ({ data }) => heard(data, on)
  // Browsers do not say why.
  worker.onerror = ({ message }) => on.end(message || "its file is not there, is of another origin, or a policy refuses it")
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
  worker.on('message', (message: unknown) => heard(message, on))
  worker.on('error', (error: Error) => on.end(error.message))
  worker.on('exit', (code: number) => on.end(`it exited with code ${code}`))
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    keep: (alive) => (alive ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  }
}

/** A worker of somebody's own may post other things too. */
function heard<In>(message: unknown, on: Listener<In>): void {
  if (Object(message) === message) on.answer(message as In)
}
