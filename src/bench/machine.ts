// Where a benchmark ran, as far as the runtime tells. It decides nothing.
import { builtin, parallelism } from '../host.ts'

export interface Machine {
  /** The runtime and its version: `Node 24.1.0, V8 13.6`, or a browser's user agent. */
  readonly engine: string
  /** How many threads the machine runs at once. */
  readonly cores: number
  /** The processor's name and the system, where the runtime tells. */
  readonly cpu?: string
  readonly system?: string
}

interface Globals {
  readonly process?: { readonly versions?: Readonly<Record<string, string>> }
  readonly Deno?: { readonly version: { readonly deno: string; readonly v8: string } }
  readonly navigator?: { readonly userAgent?: string }
}

export function machine(): Machine {
  return { engine: engine(), cores: parallelism(), ...system() }
}

/** Nothing where the runtime does not tell: Deno, say, unless its user allows it. */
function system(): Pick<Machine, 'cpu' | 'system'> {
  try {
    const os = builtin('os')
    const cpu = os?.cpus()[0]?.model.trim()
    return { ...(cpu && { cpu }), ...(os && { system: `${os.platform()} ${os.arch()} ${os.release()}` }) }
  } catch {
    return {}
  }
}

// Deno and Bun say that they are Node too, so they are asked first.
function engine(): string {
  const deno = (globalThis as Globals).Deno
  // eslint-disable-next-line ganglion/determinism -- only to say where it ran: it runs without
  const versions = (globalThis as Globals).process?.versions ?? {}
  if (deno) return `Deno ${deno.version.deno}, V8 ${deno.version.v8}`
  if (versions['bun']) return `Bun ${versions['bun']}`
  if (versions['node']) return `Node ${versions['node']}${versions['v8'] ? `, V8 ${versions['v8']}` : ''}`
  return (globalThis as Globals).navigator?.userAgent ?? 'an engine that does not say its name'
}
