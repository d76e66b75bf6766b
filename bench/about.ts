// What was measured, and where: the line above each table of bench/, and the head of its JSON.
import { execFileSync } from 'node:child_process'
import { sha256 } from '../src/formats/sha256.ts'
import { coreBytes } from '../src/runtime/cores.ts'
import type { Precision, Runtime } from '../src/runtime/create_runtime.ts'
import { type Machine, machine } from '../src/bench/machine.ts'
import { version } from '../src/version.generated.ts'

/** The package and the commit of this checkout; a plus where files differ from it, null where git does not tell. */
export interface Checkout {
  readonly ganglion: string
  readonly commit: string | null
}

export interface About extends Checkout {
  readonly precision: Precision
  readonly wide: boolean
  /** SHA-256 of the wasm core for one thread. */
  readonly core: string
  readonly machine: Machine
}

export function checkout(): Checkout {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'assembly', 'bench', 'tools', 'asconfig.json')
    return { ganglion: version, commit: git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '') }
  } catch {
    return { ganglion: version, commit: null }
  }
}

export async function about({ precision, wide }: Pick<Runtime, 'precision' | 'wide'>): Promise<About> {
  return { ...checkout(), precision, wide, core: await sha256([await coreBytes(precision, false, wide)]), machine: machine() }
}

/** `ganglion 0.1.0 at 1f7f5c3, deterministic, wide vectors; Node 24.21.0, V8 13.6; AMD EPYC, 2 threads at once` */
export function aboutLine({ ganglion, commit, precision, wide, machine: { engine, cpu, cores } }: About): string {
  const build = [`ganglion ${ganglion}${commit ? ` at ${commit}` : ''}`, precision, ...(wide ? ['wide vectors'] : [])].join(', ')
  return [build, engine, `${cpu ?? 'a processor without a name'}, ${cores} threads at once`].join('; ')
}
