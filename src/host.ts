// What is asked of the runtime around us: Node's own modules where there are any, whether workers exist, how many fit.

export interface NodeWorker {
  postMessage(message: unknown, transfer?: Transferable[]): void
  on(event: 'message' | 'error' | 'exit', listener: (value: never) => void): void
  ref(): void
  unref(): void
  terminate(): Promise<unknown>
}
export interface NodeModules {
  worker_threads: { Worker: new (file: URL, options: { execArgv: string[] }) => NodeWorker; parentPort: MessagePort | null }
  os: { availableParallelism(): number, cpus(): { model: string }[], platform(): string, arch(): string, release(): string }
  fs: { promises: { readFile(file: URL): Promise<Uint8Array<ArrayBuffer>> } }
  v8: { setFlagsFromString(flag: string): void }
  timers: { setImmediate(done: () => void): unknown }
  crypto: { createHash(algorithm: 'sha256'): { update(part: Uint8Array): void, digest(encoding: 'hex'): string } }
  zlib: { inflateRawSync(bytes: Uint8Array): Uint8Array<ArrayBuffer>, crc32?(bytes: Uint8Array): number }
  buffer: { Buffer: { from(text: string, encoding: 'base64'): Uint8Array } }
}
interface NodeProcess {
  getBuiltinModule?<N extends keyof NodeModules>(name: N): NodeModules[N]
  /** Where Node's permission model is on. */
  permission?: { has(what: string): boolean }
}

/** Reached without an import, which bundlers for pages would trip over. */
export const builtin = <N extends keyof NodeModules>(name: N): NodeModules[N] | undefined =>
  // eslint-disable-next-line ganglion/determinism -- threads, files, zlib, where there is a Node: the bits are the same without
  (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.(name)

/** Whether `builtin` gives modules here: told without loading one, which takes milliseconds. */
// eslint-disable-next-line ganglion/determinism -- whether there is a Node: the bits are the same without
export const hasBuiltins = (): boolean => (globalThis as { process?: NodeProcess }).process?.getBuiltinModule !== undefined

/** Edge runtimes may have Node's modules; the one of workers starts none. */
const edge = (): boolean => 'EdgeRuntime' in globalThis ||
  (globalThis as { navigator?: Navigator }).navigator?.userAgent === 'Cloudflare-Workers'

export const workersExist = (): boolean => !edge() && (typeof Worker === 'function' || builtin('worker_threads') !== undefined)

// eslint-disable-next-line ganglion/determinism -- whether threads may be started: any number gives the same bits
export const workersAllowed = (): boolean => (globalThis as { process?: NodeProcess }).process?.permission?.has('worker') ?? true

/** How many threads the machine runs at once, as far as the runtime tells; at least 1. */
export const parallelism = (): number =>
  (globalThis as { navigator?: Navigator }).navigator?.hardwareConcurrency ?? builtin('os')?.availableParallelism() ?? 1
