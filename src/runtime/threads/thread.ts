// A worker of the thread pool: it idles in its event loop until the host posts a run, walks its parts of the tape, and
// idles again. A file of its own without imports, because it is started by its address. Invariant: it allocates nothing
// in a shared memory and answers every order that can fail.

/** What the host posts. Orders come in turn, so a core is there before the first run on it. */
export type Order =
  | { readonly kind: 'hello'; readonly session: 0 }
  | { readonly kind: 'join'; readonly session: number; readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }
  | ({ readonly kind: 'run'; readonly session: number } & Run)
  | { readonly kind: 'leave'; readonly session: number }

interface Run {
  readonly tape: number
  readonly steps: number
  readonly thread: number
  readonly threads: number
  readonly looks: number
}

/** What the worker posts: that it is there (session 0) or has joined a session, or what went wrong. */
export interface Answer {
  readonly session: number
  readonly error: string | null
}

/** The exports of a core for shared memory. */
export interface SharedExports {
  runThread(tape: number, steps: number, thread: number, threads: number, patience: number, looks: number): number
  failThread(tape: number): void
}

interface Port {
  postMessage(answer: Answer): void
  onmessage: ((event: { readonly data: Order | null }) => void) | null
}

interface Host {
  process?: { getBuiltinModule?(id: 'worker_threads'): { parentPort: Port | null } }
}

// eslint-disable-next-line ganglion/determinism -- a Node thread's way to its host; a Web Worker's is the global object
const port = (globalThis as Host).process?.getBuiltinModule?.('worker_threads').parentPort ?? (globalThis as unknown as Port)
const cores = new Map<number, SharedExports>()

function run({ session, tape, steps, thread, threads, looks }: Order & { kind: 'run' }): void {
  const core = cores.get(session)!
  try {
    core.runThread(tape, steps, thread, threads, 0, looks)
  } catch (error) {
    core.failThread(tape)
    port.postMessage({ session, error: String(error) })
  }
}

function join({ session, module, memory }: Order & { kind: 'join' }): void {
  try {
    cores.set(session, new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SharedExports)
    port.postMessage({ session, error: null })
  } catch (error) {
    port.postMessage({ session, error: String(error) })
  }
}

// What is no order is not for it.
port.onmessage = ({ data }) => {
  if (data?.kind === 'run') run(data)
  else if (data?.kind === 'join') join(data)
  else if (data?.kind === 'leave') cores.delete(data.session)
  else if (data?.kind === 'hello') port.postMessage({ session: 0, error: null })
}
