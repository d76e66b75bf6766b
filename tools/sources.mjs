// What a build was made from, as one hash. tools/build.mjs writes it down; tests that read dist compare it (test/dist.ts).
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the hash that dist was built from is kept. */
export const DIST_STAMP = 'build/dist.sha256'

/** SHA-256 over the names and bytes of a folder's TypeScript files and of other files, in the order of names. */
export function hashOf(folder, ...others) {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts')).sort()
  for (const file of [...files.map((name) => join(folder, name)), ...others]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** The hash of all that dist is made from; the cores lie in src too, as generated modules. */
export const distSources = () => hashOf(
  'src', 'tsconfig.json', 'tools/build.mjs', 'tools/bundle.mjs', 'package-lock.json',
  'node_modules/esbuild/package.json', 'node_modules/typescript/package.json',
)
