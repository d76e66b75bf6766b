// A run on disk: its weights, the state to go on from, its digest. Invariant: they are of one step, each is whole or absent,
// and what changed since it was saved is not loaded.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors, type SavedTensor } from '../formats/safetensors.ts'
import { checkOptions, flag } from '../options.ts'
import { createRuntime, type Runtime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import type { State } from '../train/state.ts'
import { loadConfig, type RunConfig } from './config.ts'
import { writeFilesAtomic } from './files.ts'
import { models } from './models.ts'
import { runtimeRule } from './options.ts'

const WEIGHTS = 'weights.safetensors'
const STATE = 'state.safetensors'
const DIGEST = 'digest.txt'
/** Lines as `sha256sum` writes and checks them: 64 digits, two spaces, the file's name. */
const CHECKSUMS = 'checksums.txt'
/** The tensor of `state.safetensors` that is no variable: the training counters and the seed. */
const COUNTERS = 'counters'

/**
 * Writes what a model learned into a run folder: weights.safetensors, state.safetensors (every variable and the
 * counters: training goes on from it as if it had never stopped), digest.txt, and checksums.txt, the SHA-256 of these
 * files. Returns the digest.
 * @throws GanglionError when a file cannot be written; all are then as they were before
 */
export async function saveRun(folder: string, model: Model): Promise<string> {
  const digest = await model.digest()
  const shapes = new Map(model.session.variables.map((v) => [v.attrs.name, v.shape]))
  const { variables, counters } = model.state()
  const state = new Map<string, SavedTensor>([[COUNTERS, { shape: [counters.length], data: counters }]])
  for (const [name, data] of variables) state.set(name, { shape: shapes.get(name)!, data })
  const metadata = { format: 'ganglion', kind: model.definition.kind }
  const files: (readonly [string, Uint8Array | string])[] = [
    [WEIGHTS, encodeSafetensors(model.weights(), metadata)],
    [STATE, encodeSafetensors(state, metadata)],
    [DIGEST, `${digest}\n`],
  ]
  files.push([CHECKSUMS, files.map(([name, data]) => `${hashOf(data)}  ${name}\n`).join('')])
  await writeFilesAtomic(files.map(([name, data]) => [join(folder, name), data]))
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
 * The model of a run folder, with its weights. The file is compared with checksums.txt, where the run has one, and a state
 * with digest.txt.
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError when the folder is not a run, or a file of it is missing, damaged, changed or of another model
 */
export async function loadRun(folder: string, options: LoadRunOptions = {}): Promise<Run> {
  checkOptions('loadRun', options, { runtime: runtimeRule, state: flag })
  const { runtime, state = false } = options
  const config = await loadConfig(folder)
  const name = state ? STATE : WEIGHTS
  const path = join(folder, name)
  const sums = await readText(join(folder, CHECKSUMS))
  const bytes = await readBytes(path)
  const { tensors } = decodeSafetensors(bytes, path)
  const { kind } = config.model
  const definition = models[kind].define(config.model.options)
  const model = await Model.create(runtime ?? await createRuntime(), definition, { seed: config.training.seed })
  try {
    if (state) model.loadState(toState(tensors))
    else model.loadWeights(tensors)
  } catch (cause) {
    throw new GanglionError(`"${path}" does not fit the run's config.json: ${(cause as Error).message}`, { cause })
  }
  const expected = await readText(join(folder, DIGEST))
  checkSum(sums, folder, name, bytes)
  if (expected !== undefined) checkSum(sums, folder, DIGEST, expected)
  if (state && expected !== undefined && expected.trim() !== await model.digest()) {
    throw new GanglionError(`"${path}" is not what ${DIGEST} of the run says: one of them was changed, ` +
      'or is of another run; copy the run again')
  }
  return { config, model }
}

/** @throws GanglionError when checksums.txt knows the file as another */
function checkSum(sums: string | undefined, folder: string, name: string, data: Uint8Array | string): void {
  const known = sums?.split('\n').find((line) => line.endsWith(`  ${name}`))?.slice(0, 64)
  if (known === undefined || known === hashOf(data)) return
  throw new GanglionError(`"${join(folder, name)}" is not the file that the run saved: ` +
    `its SHA-256 is not that in ${CHECKSUMS}; copy the run again, or delete ${CHECKSUMS} if the change is meant`)
}

const hashOf = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

function toState(tensors: ReadonlyMap<string, SavedTensor>): State {
  const variables = new Map<string, Float32Array>()
  for (const [name, { data }] of tensors) if (data instanceof Float32Array) variables.set(name, data)
  const counters = tensors.get(COUNTERS)?.data
  return { variables, counters: counters instanceof Uint32Array ? counters : new Uint32Array() }
}

async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? `"${path}" is missing` : `cannot read "${path}": ${cause.message}`
    throw new GanglionError(`${what}; train again, or put the file there`, { cause })
  })
}

/** The text of a file that older runs do not have. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new GanglionError(`cannot read "${path}": ${cause.message}; check its permissions`, { cause })
  })
}
