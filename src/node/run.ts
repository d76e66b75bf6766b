// A run on disk: its weights, the state to go on from, its digest. Invariant: each file is whole or absent.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile, type SavedTensor } from '../formats/safetensors.ts'
import { createRuntime, type Runtime } from '../runtime/runtime.ts'
import { Model } from '../train/model.ts'
import type { State } from '../train/state.ts'
import { loadConfig, type RunConfig } from './config.ts'
import { writeFileAtomic } from './files.ts'
import { models } from './models.ts'

const WEIGHTS = 'weights.safetensors'
const STATE = 'state.safetensors'
/** The tensor of `state.safetensors` that is no variable: the training counters and the seed. */
const COUNTERS = 'counters'

/**
 * Writes what a model learned into a run folder: weights.safetensors, state.safetensors (every variable and the
 * counters: training goes on from it as if it had never stopped) and digest.txt. Returns the digest.
 * @throws GanglionError when a file cannot be written
 */
export async function saveRun(folder: string, model: Model): Promise<string> {
  const digest = await model.digest()
  const shapes = new Map(model.session.variables.map((v) => [v.attrs.name, v.shape]))
  const { variables, counters } = model.state()
  const state = new Map<string, SavedTensor>([[COUNTERS, { shape: [counters.length], data: counters }]])
  for (const [name, data] of variables) state.set(name, { shape: shapes.get(name)!, data })
  const metadata = { format: 'ganglion', kind: model.definition.kind }
  await writeFileAtomic(join(folder, WEIGHTS), encodeSafetensors(model.weights(), metadata))
  await writeFileAtomic(join(folder, STATE), encodeSafetensors(state, metadata))
  await writeFileAtomic(join(folder, 'digest.txt'), `${digest}\n`)
  return digest
}

export interface LoadRunOptions {
  runtime?: Runtime
  /** Loads the optimizers' slots and the counters too, to go on training. Default false: the weights alone. */
  state?: boolean
}

export interface Run {
  readonly config: RunConfig
  readonly model: Model
}

/**
 * The model of a run folder, with its weights.
 * @throws GanglionError when the folder is not a run, or a file of it is missing, damaged or of another model
 */
export async function loadRun(folder: string, { runtime, state = false }: LoadRunOptions = {}): Promise<Run> {
  const config = await loadConfig(folder)
  const path = join(folder, state ? STATE : WEIGHTS)
  const { tensors } = await readTensors(path)
  const { kind, options } = config.model
  const definition = models[kind].define(options)
  const model = await Model.create(runtime ?? await createRuntime(), definition, { seed: config.training.seed })
  try {
    if (state) model.loadState(toState(tensors))
    else model.loadWeights(tensors)
  } catch (cause) {
    throw new GanglionError(`"${path}" does not fit the run's config.json: ${(cause as Error).message}`, { cause })
  }
  return { config, model }
}

function toState(tensors: ReadonlyMap<string, SavedTensor>): State {
  const variables = new Map<string, Float32Array>()
  for (const [name, { data }] of tensors) if (data instanceof Float32Array) variables.set(name, data)
  const counters = tensors.get(COUNTERS)?.data
  return { variables, counters: counters instanceof Uint32Array ? counters : new Uint32Array() }
}

async function readTensors(path: string): Promise<SafetensorsFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? `"${path}" is missing` : `cannot read "${path}": ${cause.message}`
    throw new GanglionError(`${what}; train again, or put the file there`, { cause })
  })
  return decodeSafetensors(bytes, path)
}
