// workerd, which Cloudflare's workers run on, through miniflare; bundled as its own tool does, by esbuild under the conditions
// `workerd`, `worker`, `browser`, with each .wasm file left to be imported as a module.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EdgeVM } from '@edge-runtime/vm'
import { build, type Plugin } from 'esbuild'
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

/**
 * What an expression with a program's exports, `program`, gives in Vercel's edge runtime. It is bundled under the condition
 * `edge-light`, and `x.wasm?module` is a module, as Next has it. Nothing is compiled there, neither text nor WebAssembly.
 */
export async function inEdgeRuntime<T>(folder: string, entry: string, expression: string): Promise<T> {
  const modules: Record<string, WebAssembly.Module> = {}
  const { outputFiles: [bundle] } = await build({
    absWorkingDir: folder, entryPoints: [entry], bundle: true, write: false, format: 'iife', globalName: 'program',
    target: 'es2022', conditions: ['edge-light', 'worker', 'browser'], plugins: [wasmModules(modules)], logLevel: 'silent',
  })
  const vm = new EdgeVM({
    codeGeneration: { strings: false, wasm: false }, extend: (context) => Object.assign(context, { modules }),
  })
  return JSON.parse(await vm.evaluate<Promise<string>>(`${bundle!.text}\n;(async () => JSON.stringify(${expression}))()`)) as T
}

const wasmModules = (modules: Record<string, WebAssembly.Module>): Plugin => ({
  name: 'wasm-modules',
  setup(build) {
    build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => (
      { path: join(resolveDir, path.replace(/\?module$/, '')), namespace: 'module' }))
    build.onLoad({ filter: /./, namespace: 'module' }, ({ path }) => {
      modules[path] = new WebAssembly.Module(readFileSync(path))
      return { contents: `export default modules[${JSON.stringify(path)}]` }
    })
  },
})
