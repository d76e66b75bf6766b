// A run on disk: src/checkpoint says what its files hold. Invariant: weights, state and digest are of one step, whatever the
// moment in which a process ended that saved them, and what changed since it was saved is not loaded.
import { join } from 'node:path'
import { type RunConfig, roundsOf } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import { checkSaved, CHECKSUMS, DIGEST, restore, runFiles, type Saved, STATE, stepOf, WEIGHTS } from '../checkpoint/run.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { MadeFor } from '../models/own.ts'
import { inRounds } from '../models/rounds.ts'
import { callable, check, complete, flag, type Given, option, type Rule } from '../options.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import { commit, type View, viewOf } from './commit.ts'
import { loadConfig } from './config.ts'
import { sourceOf } from './model_source.ts'
import { modelRule, pathRule, runtimeRule } from './options.ts'
import { MOST_TEXT, unreadable } from './read.ts'

/** Of reading a run while others save it; a save takes longer than a read. */
const MOST_TRIES = 20

/**
 * Writes what a model learned into a run folder: weights.safetensors, state.safetensors (every variable and the
 * counters: training goes on from it as if it had never stopped), digest.txt, and checksums.txt, the SHA-256 of these
 * files. All are replaced together: at any moment a process may be killed, and `loadRun` gives the run as it was saved before, or
 * as it is saved now. Returns the digest.
 * @throws GanglionError when a file cannot be written; all are then as they were before
 * @example
 * const digest = await saveRun('runs/mine', model)
 */
export async function saveRun(folder: string, model: Model): Promise<string> {
  check('saveRun', 'folder', folder, pathRule)
  check('saveRun', 'model', model, modelRule)
  const { digest, files } = await runFiles(model)
  await commit(folder, { files })
  return digest
}

const LOAD = {
  /** What it is loaded into. Default: one that is made for it. */
  runtime: runtimeRule,
  /** Loads the optimizers' slots and the counters too, to go on training. Default false: the weights alone. */
  state: option(flag, false),
  /** Makes the model of a run of one's own, from what config.json says of it. Default: its kind, or its module. */
  define: callable as Rule<(model: MadeFor & { readonly kind: string }) => ModelDefinition>,
}
export type LoadRunOptions = Given<typeof LOAD>

export interface Run {
  readonly config: RunConfig
  readonly model: Model
  /** Of all that training changed, as it was saved: undefined where an older run has no digest.txt. */
  readonly digest?: string
}

/**
 * The model of a run folder, with its weights. The file is compared with checksums.txt, where the run has one, and a state
 * with digest.txt.
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError when the folder is not a run, or a file of it is missing, damaged, changed or of another model
 * @example
 * const { model } = await loadRun('runs/mnist-vae')
 * const images = model.sample(16)
 */
export async function loadRun(folder: string, options: LoadRunOptions = {}): Promise<Run> {
  check('loadRun', 'folder', folder, pathRule)
  const { runtime, state, define } = complete('loadRun', options, LOAD)
  const config = await loadConfig(folder)
  const place = (name: string): string => join(folder, name)
  const saved = await readSaved(folder, state ? STATE : WEIGHTS)
  const made = { ...config.model, options: loadedOptions(config.model.options) }
  const rounds = roundsOf(config.training)
  const plain = define ? define(made) : (await sourceOf(config.model, folder)).define(made)
  const definition = rounds ? inRounds(plain, rounds) : plain
  // Before the model takes memory: what config.json says need not be true.
  await checkSaved(definition, saved, state, place)
  const model = await Model.create(runtime ?? await createRuntime(), definition, { seed: config.training.seed })
  await restore(model, saved, state, place)
  return { config, model, ...(saved.digest !== undefined && { digest: saved.digest.trim() }) }
}

/**
 * The steps that the saved state of a run has had: its figures are of later ones too, where it was killed in between.
 * @throws GanglionError when the folder has no state, or it is damaged
 */
export async function savedStep(folder: string): Promise<number> {
  return stepOf((await readSaved(folder, STATE)).bytes, join(folder, STATE))
}

/** The files of one save, also while another process saves: read again where a save came in between. */
async function readSaved(folder: string, name: string): Promise<Saved> {
  for (let tries = 1; ; tries++) {
    const view = await viewOf(folder)
    const text = (name: string, from = view) => textIn(from, folder, name)
    const [checksums, digest] = [await text(CHECKSUMS), await text(DIGEST)]
    const bytes = await readIn(view, folder, name)
    const now = await viewOf(folder)
    if (tries < MOST_TRIES && (now.id !== view.id || await text(CHECKSUMS, now) !== checksums)) continue
    if (bytes) return { bytes, digest, checksums }
    throw new GanglionError(`"${join(folder, name)}" is missing; train again, or put the file there`)
  }
}

/** The text of a file that older runs do not have. */
async function textIn(view: View, folder: string, name: string): Promise<string | undefined> {
  const bytes = await readIn(view, folder, name, MOST_TEXT)
  return bytes && new TextDecoder().decode(bytes)
}

const readIn = (view: View, folder: string, name: string, most?: number): Promise<Uint8Array | undefined> =>
  view.read(name, most).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(join(folder, name), cause)
  })
