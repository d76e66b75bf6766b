// What was measured, and where: the line above each table of bench/, and the head of its JSON.
import { execFileSync } from 'node:child_process'
import { type Machine, machine } from '../src/bench/machine.ts'
import { sha256 } from '../src/formats/sha256.ts'
import { coreBytes } from '../src/runtime/cores.ts'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { version } from '../src/version.generated.ts'

/** The package and the commit of this checkout; a plus where files differ from it, null where git does not tell. */
export interface Checkout {
  readonly ganglion: string
  readonly commit: string | null
}

export interface About extends Checkout, Required<Pick<RuntimeOptions, 'precision' | 'wide'>> {
  /** SHA-256 of the wasm core for one thread. */
  readonly core: string
  readonly machine: Machine
}

export const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

export function checkout(): Checkout {
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'assembly', 'bench', 'tools', 'asconfig.json')
    return { ganglion: version, commit: git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '') }
  } catch {
    return { ganglion: version, commit: null }
  }
}

/** @param engine where it is not this one */
export async function about(build: Pick<RuntimeOptions, 'precision' | 'wide'> = {}, engine?: string): Promise<About> {
  const { precision = 'deterministic', wide = false } = build
  const core = await sha256([await coreBytes(precision, false, wide)])
  return { ...checkout(), precision, wide, core, machine: { ...machine(), ...(engine !== undefined && { engine }) } }
}

/** `ganglion 0.1.0 at 1f7f5c3, deterministic, wide vectors; Node 24.21.0, V8 13.6; AMD EPYC, 2 threads at once` */
export function aboutLine({ ganglion, commit, precision, wide, machine: { engine, cpu, cores } }: About): string {
  const build = [`ganglion ${ganglion}${commit ? ` at ${commit}` : ''}`, precision, ...(wide ? ['wide vectors'] : [])].join(', ')
  return [build, engine, `${cpu ?? 'a processor without a name'}, ${cores} threads at once`].join('; ')
}
