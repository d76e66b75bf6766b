// Builds to compare: a commit with host code of its own, or this checkout as it stands ('.'). Invariant: a commit's worktree
// is gone afterwards; its bundle is kept under build/commits.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionSpec } from '../src/compiler/program.ts'
import type * as host from '../src/entries/index.ts'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { madeUp } from '../src/verify/draw.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { git } from './about.ts'
import { olderPieces } from './older.ts'
import { realModels, type Pieces } from './real_models.ts'
import { bundle, THREAD } from './runtimes.ts'
import { madeAt } from './worktree.ts'

export interface Build {
  readonly name: string
  /** Whether it has the model, or the pieces of one of real_models.ts: commits differ in theirs. */
  has(model: string): boolean
  step(model: string, batch: number): Promise<Step>
}

export interface Step {
  run(steps: number): void
  /** Of all variables: equal for builds that compute the same bits. */
  digest(): string
  close(): Promise<void>
}

type Options = Pick<RuntimeOptions, 'wide' | 'precision'> & { readonly threads: number }
type Host = Pick<typeof host, 'createRuntime' | 'input'> & Pieces & Partial<Pick<typeof host, 'trainingStages'>>

const packaged = (from: Host, model: string): ModelDefinition =>
  (from as unknown as Readonly<Record<string, () => ModelDefinition>>)[model]!()

/** Written with the package's public pieces alone, which commits far apart have in common. */
async function stepWith(
  from: Host, worker: string, model: string, batch: number, { threads, ...options }: Options,
): Promise<Step> {
  const pass = new from.layers.Pass(true)
  const real = realModels[model]?.(from.trainingStages ? from : olderPieces(from, pass))
  const definition = real ?? packaged(from, model)
  const runtime = await from.createRuntime({ ...options, ...(threads > 1 && { threads, worker: pathToFileURL(worker) }) })
  const session = await runtime.session(1)
  const images = from.input('images', [batch, ...definition.imageShape])
  // Older commits' own definitions take images in place of a batch.
  const stages = from.trainingStages?.(definition, { images })
    ?? (definition.train(real ? { images } : images as never, pass) as FunctionSpec['stages'])
  const fn = session.compile({ group: 'train', stages })
  fn.feed('images', madeUp(images.size, 1))
  return {
    run(steps) {
      if (fn.run(steps) !== steps) throw new Error(`${model}: a loss is not finite`)
    },
    digest() {
      const hash = createHash('sha256')
      for (const v of session.variables) hash.update(`${v.attrs.name}\0`).update(session.values(v).slice())
      return hash.digest('hex')
    },
    close: () => runtime.close(),
  }
}

const FOLDER = resolve('build/commits')
const HERE = '.'
const HOST = ['src/entries/index.ts', 'src/index.ts']

/** @param ref anything that git takes for a commit; `.` is this checkout with what is not committed */
export async function buildAt(ref: string, options: Options): Promise<Build> {
  mkdirSync(FOLDER, { recursive: true })
  const commit = ref === HERE ? null : commitOf(ref)
  const [bundled, worker] = ['', '-thread'].map((what) => join(FOLDER, `${commit ?? 'here'}${what}.mjs`)) as [string, string]
  if (commit === null) await bundleHost(HERE, targetOf(options), bundled, worker)
  else {
    await madeAt(commit, join(FOLDER, commit), [bundled, worker], (folder, [host, thread]) => (
      bundleHost(folder, 'all', host!, thread!)))
  }
  const loaded = (await import(pathToFileURL(bundled).href)) as Host
  const name = commit === null ? 'this checkout' : git('log', '-1', '--format=%h %s', commit)
  return {
    name, has: (model) => model in realModels || model in loaded,
    step: (model, batch) => stepWith(loaded, worker, model, batch, options),
  }
}

/** The folder of a commit's dist; of `.`, this checkout's. */
export async function distAt(ref: string): Promise<string> {
  if (ref === HERE) {
    execFileSync(process.execPath, ['tools/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] })
    return resolve('dist')
  }
  mkdirSync(FOLDER, { recursive: true })
  const commit = commitOf(ref)
  const dist = join(FOLDER, `${commit}-dist`)
  await madeAt(commit, join(FOLDER, commit), [dist], (folder, [made]) => {
    execFileSync(process.execPath, ['tools/build.mjs'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    renameSync(join(folder, 'dist'), made!)
  })
  return dist
}

function commitOf(ref: string): string {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
  } catch {
    throw new RangeError(`bench: git knows no commit "${ref}"; give a hash, a branch, a tag, or . for this checkout`)
  }
}

/** The core that is compared, as tools/build.mjs calls it. */
function targetOf({ precision, wide, threads }: Options): string {
  const parts = [precision === 'relaxed' && 'relaxed', wide && 'wide', threads > 1 && 'threads']
  return parts.filter(Boolean).join('-') || 'simd'
}

/** Builds a checkout's cores, and bundles its default entry with them inside, and what its worker threads run. */
async function bundleHost(folder: string, cores: string, outfile: string, worker: string): Promise<void> {
  execFileSync(process.execPath, ['tools/build.mjs', 'core', cores], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  await bundle(folder, HOST, outfile)
  await bundle(folder, THREAD, worker)
}
