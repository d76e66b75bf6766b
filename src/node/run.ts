// A run on disk: src/checkpoint says what its files hold. Invariant: weights, state and digest are of one step, each file is
// whole or absent, and what changed since it was saved is not loaded.
import { join } from 'node:path'
import type { RunConfig } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import { checkSaved, CHECKSUMS, DIGEST, restore, runFiles, STATE, WEIGHTS } from '../checkpoint/run.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { MadeFor } from '../models/own.ts'
import { callable, checkOptions, flag } from '../options.ts'
import { createRuntime, type Runtime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import { loadConfig } from './config.ts'
import { writeFilesAtomic } from './files.ts'
import { sourceOf } from './model_source.ts'
import { runtimeRule } from './options.ts'
import { readRegular, readText } from './read.ts'

/**
 * Writes what a model learned into a run folder: weights.safetensors, state.safetensors (every variable and the
 * counters: training goes on from it as if it had never stopped), digest.txt, and checksums.txt, the SHA-256 of these
 * files. Returns the digest.
 * @throws GanglionError when a file cannot be written; all are then as they were before
 */
export async function saveRun(folder: string, model: Model): Promise<string> {
  const { digest, files } = await runFiles(model)
  await writeFilesAtomic([...files].map(([name, data]) => [join(folder, name), data]))
  return digest
}

export interface LoadRunOptions {
  runtime?: Runtime
  /** Loads the optimizers' slots and the counters too, to go on training. Default false: the weights alone. */
  state?: boolean
  /** Makes the model of a run of one's own, from what config.json says of it. Default: its kind, or its module. */
  define?: (model: MadeFor & { readonly kind: string }) => ModelDefinition
}

export interface Run {
  readonly config: RunConfig
  readonly model: Model
}

/**
 * The model of a run folder, with its weights. The file is compared with checksums.txt, where the run has one, and a state
 * with digest.txt.
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError when the folder is not a run, or a file of it is missing, damaged, changed or of another model
 */
export async function loadRun(folder: string, options: LoadRunOptions = {}): Promise<Run> {
  checkOptions('loadRun', options, { runtime: runtimeRule, state: flag, define: callable })
  const { runtime, state = false, define } = options
  const config = await loadConfig(folder)
  const place = (name: string): string => join(folder, name)
  const [checksums, digest] = [await textOf(place(CHECKSUMS)), await textOf(place(DIGEST))]
  const bytes = await readBytes(place(state ? STATE : WEIGHTS))
  const made = { ...config.model, options: loadedOptions(config.model.options) }
  const definition = define ? define(made) : (await sourceOf(config.model, folder)).define(made)
  const saved = { bytes, digest, checksums }
  // Before the model takes memory: what config.json says need not be true.
  await checkSaved(definition, saved, state, place)
  const model = await Model.create(runtime ?? await createRuntime(), definition, { seed: config.training.seed })
  await restore(model, saved, state, place)
  return { config, model }
}

async function readBytes(path: string): Promise<Uint8Array> {
  return readRegular(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof GanglionError) throw cause
    const what = cause.code === 'ENOENT' ? `"${path}" is missing` : `cannot read "${path}": ${cause.message}`
    throw new GanglionError(`${what}; train again, or put the file there`, { cause })
  })
}

/** The text of a file that older runs do not have. */
async function textOf(path: string): Promise<string | undefined> {
  return readText(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    if (cause instanceof GanglionError) throw cause
    throw new GanglionError(`cannot read "${path}": ${cause.message}; check its permissions`, { cause })
  })
}
