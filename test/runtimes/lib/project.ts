// Fresh projects that have the packed package installed, and programs run in them.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'

/** A file of this folder's node_modules. */
export const module = (path: string): string => join(import.meta.dirname, '../node_modules', path)

/** A new project: ganglion installed, the programs beside it, and the given files. It goes when the tests are over. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  const installed = inject('installed')
  const folder = mkdtempSync(join(dirname(installed), 'project-'))
  cpSync(installed, folder, { recursive: true, verbatimSymlinks: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

export interface Options {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end; gives what it printed. A failure's error holds what it said. */
export async function run(file: string, args: readonly string[], { cwd, env = {} }: Options): Promise<string> {
  const all = { ...process.env, ...env }
  // Vitest's own, which would make a runtime act as under test.
  for (const name of ['NODE_ENV', 'NODE_OPTIONS', 'VITEST', 'TEST']) delete all[name]
  const { stdout } = await promisify(execFile)(file, args, { cwd, env: all, timeout: 900_000, maxBuffer: 1 << 26 })
  return stdout.trim()
}

/** Why a program cannot be run here; null where it can. */
export const missing = (file: string, how: string): string | null =>
  existsSync(file) ? null : `${how} is not installed`
