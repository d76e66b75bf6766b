// Runtimes of this checkout's sources. What their threads run is bundled: Node 20 starts none from TypeScript.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { createRuntime, type Runtime, type RuntimeOptions } from '../src/runtime/create_runtime.ts'

/** Bundles the first of `entries` that `folder` has: commits differ in where theirs lie. */
export async function bundle(folder: string, entries: readonly string[], outfile: string): Promise<void> {
  const found = entries.map((entry) => join(folder, entry)).find((file) => existsSync(file))
  if (found === undefined) throw new Error(`${folder} has none of ${entries.join(', ')}`)
  await build({ entryPoints: [found], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' })
}

/** What a worker thread runs. */
export const THREAD = ['src/runtime/threads/thread.ts', 'src/runtime/thread.ts']

/** A runtime of so many threads. */
export async function runtimeWith(threads: number, options: Pick<RuntimeOptions, 'wide' | 'precision'> = {}): Promise<Runtime> {
  if (threads === 1) return createRuntime(options)
  const worker = 'build/bench/thread.mjs'
  await bundle('.', THREAD, worker)
  return createRuntime({ ...options, threads, worker: pathToFileURL(worker) })
}
