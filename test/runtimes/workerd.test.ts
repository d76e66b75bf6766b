// workerd, which Cloudflare's workers run on, through miniflare; bundled as its own tool does, by esbuild under the conditions
// `workerd`, `worker`, `browser`, with each .wasm file left to be imported as a module.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { Miniflare, type ModuleDefinition } from 'miniflare'
import { afterAll, beforeAll } from 'vitest'
import { missing, module, project, run } from './lib/project.ts'
import { runtimeTest } from './lib/runtime.ts'

const workerd = module('@cloudflare/workerd-linux-64/bin/workerd')
const absent = missing(workerd, 'npm workerd')

/** Bundles a worker of a project; gives the modules that it is made of, the entry first. */
async function bundled(folder: string, entry: string): Promise<ModuleDefinition[]> {
  const outdir = join(folder, 'worker')
  await build({
    absWorkingDir: folder, entryPoints: [entry], outdir, bundle: true, format: 'esm', target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'], loader: { '.wasm': 'copy' }, assetNames: '[name]', logLevel: 'silent',
  })
  const files = readdirSync(outdir).sort((a, b) => Number(b === entry) - Number(a === entry))
  return files.map((path) => ({
    type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path, contents: readFileSync(join(outdir, path)),
  }))
}

let worker: Miniflare
beforeAll(async () => {
  if (!absent) worker = new Miniflare({ modules: await bundled(project(), 'edge.js'), compatibilityDate: '2026-01-01' })
})
afterAll(() => worker?.dispose())

async function ask<T>(query: string): Promise<T> {
  const response = await worker.dispatchFetch(`http://localhost/?${query}`)
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}

runtimeTest('workerd', {
  missing: absent,
  threads: false,
  version: async () => (await run(workerd, ['--version'], { cwd: '/' })).replace(/^workerd /, ''),
  report: () => ask('what=all'),
  speed: (seconds) => ask(`what=speed&seconds=${seconds}`),
})
