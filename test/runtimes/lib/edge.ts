// workerd, which Cloudflare's workers run on, through miniflare; bundled as its own tool does, by esbuild under the conditions
// `workerd`, `worker`, `browser`, with each .wasm file left to be imported as a module.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { Miniflare, type ModuleDefinition } from 'miniflare'
import type { Place, Question } from './place.ts'
import { module, project, run } from './project.ts'

export const WORKERD = module('@cloudflare/workerd-linux-64/bin/workerd')

/** Bundles a worker of a project and starts it. */
export async function startWorker(folder: string, entry: string): Promise<Miniflare> {
  const outdir = join(folder, 'worker')
  await build({
    absWorkingDir: folder, entryPoints: [entry], outdir, bundle: true, format: 'esm', target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'], loader: { '.wasm': 'copy' }, assetNames: '[name]', logLevel: 'silent',
  })
  // The first is the entry.
  const files = readdirSync(outdir).sort((a, b) => Number(b === entry) - Number(a === entry))
  const modules = files.map((path): ModuleDefinition => (
    { type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path, contents: readFileSync(join(outdir, path)) }
  ))
  return new Miniflare({ modules, compatibilityDate: '2026-01-01' })
}

export async function inEdgeWorker(): Promise<Place> {
  const worker = await startWorker(project(), 'edge.js')
  return {
    version: (await run(WORKERD, ['--version'], { cwd: '/' })).replace(/^workerd /, ''),
    async ask<T>(question: Question): Promise<T> {
      const response = await worker.dispatchFetch('http://localhost/', { method: 'POST', body: JSON.stringify(question) })
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()) as T
    },
    close: () => worker.dispose(),
  }
}
