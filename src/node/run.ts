// A run on disk: its settings, its weights, the state to go on from, its digest. Invariant: each file is whole or absent.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile, type SavedTensor } from '../formats/safetensors.ts'
import { createRuntime, type Runtime } from '../runtime/runtime.ts'
import { Model } from '../train/model.ts'
import { writeFileAtomic } from './files.ts'
import { define, isModelKind, type ImageShape, type ModelKind, modelKinds, type ModelOptions, models } from './models.ts'

/** The format of the run folder that this version writes and reads. */
export const RUN_FORMAT = 1
const WEIGHTS = 'weights.safetensors'
const STATE = 'state.safetensors'
/** The tensor of `state.safetensors` that is no variable: the training counters and the seed. */
const COUNTERS = 'counters'

/** config.json: everything needed to repeat the run. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT
  /** The command that repeats it, with every option spelled out. */
  readonly command?: string
  readonly model: { readonly kind: ModelKind, readonly options: ModelOptions, readonly imageShape: ImageShape }
  readonly data?: {
    /** What `loadDataset` takes; paths are absolute. */
    readonly source: string
    /** How many samples trained the model, from the first on, and the SHA-256 of their bytes. */
    readonly count: number
    readonly sha256: string
  }
  readonly training: { readonly seed: number, readonly epochs?: number, readonly batchSize?: number }
  readonly software: { readonly ganglion: string, readonly core: string, readonly node: string }
}

/**
 * Writes config.json, readable.
 * @throws GanglionError when it cannot be written
 */
export function saveConfig(folder: string, config: RunConfig): Promise<void> {
  return writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
}

/**
 * Writes what a model learned into a run folder: weights.safetensors, state.safetensors (every variable and the
 * counters: training goes on from it as if it had never stopped) and digest.txt. Returns the digest.
 * @throws GanglionError when a file cannot be written
 */
export async function saveRun(folder: string, model: Model): Promise<string> {
  const digest = await model.digest()
  const shapes = new Map(model.session.variables.map((v) => [v.attrs.name, v.shape]))
  const { variables, counters } = model.state()
  const state = new Map<string, SavedTensor>([...variables].map(([name, data]) => [name, { shape: shapes.get(name)!, data }]))
  state.set(COUNTERS, { shape: [counters.length], data: counters })
  await writeFileAtomic(join(folder, WEIGHTS), encodeSafetensors(model.weights(), { format: 'ganglion', kind: model.definition.kind }))
  await writeFileAtomic(join(folder, STATE), encodeSafetensors(state, { format: 'ganglion', kind: model.definition.kind }))
  await writeFileAtomic(join(folder, 'digest.txt'), `${digest}\n`)
  return digest
}

export interface LoadRunOptions {
  runtime?: Runtime
  /** Loads the optimizers' slots and the counters too, to go on training. Default false: the weights alone. */
  state?: boolean
}

/**
 * The model of a run folder, with its weights.
 * @throws GanglionError when the folder is not a run, or a file of it is missing, damaged or of another model
 */
export async function loadRun(folder: string, { runtime, state = false }: LoadRunOptions = {}): Promise<{ config: RunConfig, model: Model }> {
  const config = await loadConfig(folder)
  const path = join(folder, state ? STATE : WEIGHTS)
  const { tensors } = await readTensors(path)
  const { kind, options, imageShape } = config.model
  const model = await Model.create(runtime ?? await createRuntime(), define(kind, options, imageShape), { seed: config.training.seed })
  try {
    if (state) model.loadState(toState(tensors))
    else model.loadWeights(tensors)
  } catch (cause) {
    throw new GanglionError(`"${path}" does not fit the run's config.json: ${(cause as Error).message}`, { cause })
  }
  return { config, model }
}

function toState(tensors: ReadonlyMap<string, SavedTensor>) {
  const variables = new Map([...tensors].flatMap(([name, { data }]) => (data instanceof Float32Array ? [[name, data] as const] : [])))
  const counters = tensors.get(COUNTERS)?.data
  return { variables, counters: counters instanceof Uint32Array ? counters : new Uint32Array() }
}

async function readTensors(path: string): Promise<SafetensorsFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new GanglionError(`"${path}" is missing; the run ended before it was saved, train again`, { cause })
    throw new GanglionError(`cannot read "${path}": ${cause.message}`, { cause })
  })
  return decodeSafetensors(bytes, path)
}

/**
 * Reads and checks config.json.
 * @throws GanglionError when there is none, or it is not what a run writes
 */
export async function loadConfig(folder: string): Promise<RunConfig> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'it holds no config.json' : cause.message
    throw new GanglionError(`"${folder}" is not a run folder: ${why}; give a folder that "ganglion train" wrote`, { cause })
  })
  const damaged = (what: string, cause?: unknown) => new GanglionError(`"${path}" is damaged: ${what}; train again, or mend it by hand`, { cause })
  let config: Partial<RunConfig> | null
  try {
    config = JSON.parse(text) as Partial<RunConfig> | null
  } catch (cause) {
    throw damaged('it is not JSON', cause)
  }
  const format: unknown = config?.format
  if (typeof format === 'number' && format > RUN_FORMAT) {
    throw new GanglionError(`"${path}" has the format ${format}, and this version of Ganglion reads ${RUN_FORMAT}; update Ganglion`)
  }
  if (format !== RUN_FORMAT) throw damaged(`format expected ${RUN_FORMAT}, found ${JSON.stringify(format)}`)
  const { kind, options, imageShape } = config?.model ?? {}
  if (!isModelKind(kind)) throw damaged(`model.kind expected ${modelKinds.join(', ')}, found ${JSON.stringify(kind)}`)
  if (!Array.isArray(imageShape) || imageShape.length !== 3 || !imageShape.every((n) => Number.isInteger(n) && n > 0)) {
    throw damaged(`model.imageShape expected three sizes, found ${JSON.stringify(imageShape)}`)
  }
  for (const [name, value] of Object.entries(models[kind].define({}).options)) {
    const found = options?.[name]
    const fits = typeof found === typeof value && (typeof found !== 'number' || found > 0 || name === 'beta1')
    if (!fits) throw damaged(`model.options.${name} expected a ${typeof value} like ${JSON.stringify(value)}, found ${JSON.stringify(found)}`)
  }
  const seed = config?.training?.seed
  if (!Number.isSafeInteger(seed) || seed! < 0) throw damaged(`training.seed expected an integer from 0 to 2^53 - 1, found ${JSON.stringify(seed)}`)
  return config as RunConfig
}
