// Debian's Python, for what reads exports there. Where a module is not installed, its tests say so and are skipped.
import { execFileSync } from 'node:child_process'

const PYTHON = '/usr/bin/python3'

/** Why a Python module is not here; null where it is. */
export function missing(module: string): string | null {
  try {
    execFileSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' })
    return null
  } catch {
    return `not run here: ${PYTHON} has no module ${module}; apt-get install python3-${module}`
  }
}

/** What a script prints. @param args its arguments */
export const python = (script: string, ...args: string[]): string =>
  execFileSync(PYTHON, [script, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
