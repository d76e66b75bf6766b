// What test/tools/package.json names. Where it is not installed, its tests say so and are skipped.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A package; null where it is not installed. */
export function loaded<T>(name: string): T | null {
  try {
    return require(name) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

export const absent = (name: string): string =>
  `not run here: ${name} is not installed; npm ci --prefix test/tools --ignore-scripts`
