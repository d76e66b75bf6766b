// The built package, for tests of it. Vitest compiles src by itself, and dist it does not: a stale one must not be tested.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DIST_STAMP, distSources } from '../tools/sources.mjs'

let checked = false

/** The path of a file of dist; throws where dist was not built from this src. */
export function built(file: string): string {
  const path = resolve('dist', file)
  if (checked) return path
  const stamp = existsSync(path) && existsSync(DIST_STAMP) ? readFileSync(DIST_STAMP, 'utf8') : ''
  if (stamp !== distSources()) {
    throw new Error(
      `this test runs dist, which ${stamp ? 'is older than src' : 'is not built'}: run "npm run build", then test again`,
    )
  }
  checked = true
  return path
}
