// A run as files in memory: its weights, the state to go on from, its digest, and the checksums of all.
// No file system here: src/node keeps them in a folder. Invariant: what was changed since it was saved is not loaded, and what
// does not fit is refused before a model takes memory.
import { GanglionError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors, safetensorsShapes, type SavedTensor } from '../formats/safetensors.ts'
import { sha256 } from '../formats/sha256.ts'
import { isVariable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { graphsOf } from '../models/stages.ts'
import { encodeUtf8 } from '../formats/utf8.ts'
import { isA } from '../tag.ts'
import { type Model, ROWS } from '../train/model.ts'
import { type State, stepIn } from '../train/state.ts'
import { checkShapes } from '../train/weights.ts'

export const WEIGHTS = 'weights.safetensors'
export const STATE = 'state.safetensors'
export const DIGEST = 'digest.txt'
/** Lines as `sha256sum` writes and checks them: 64 digits, two spaces, the file's name. */
export const CHECKSUMS = 'checksums.txt'
/** The tensor of the state that is no variable: the training counters and the seed. */
const COUNTERS = 'counters'

/** A file's bytes, or its text. */
export type Contents = Uint8Array | string

export interface RunFiles {
  readonly digest: string
  /** By their names. */
  readonly files: ReadonlyMap<string, Contents>
}

/** What a model learned. */
export async function runFiles(model: Model): Promise<RunFiles> {
  const digest = await model.digest()
  const metadata = { format: 'ganglion', kind: model.definition.kind }
  const files = new Map<string, Contents>([
    [WEIGHTS, encodeSafetensors(model.weights(), metadata)],
    [STATE, encodeSafetensors(stateTensors(model), metadata)],
    [DIGEST, `${digest}\n`],
  ])
  const sums = await Promise.all([...files].map(async ([name, data]) => `${await hashOf(data)}  ${name}\n`))
  return { digest, files: files.set(CHECKSUMS, sums.join('')) }
}

/** The files of a run that a model is restored from. */
export interface Saved {
  /** The bytes of WEIGHTS, or of STATE. */
  readonly bytes: Uint8Array
  /** The text of DIGEST and CHECKSUMS, where there are such files: older runs have none. */
  readonly digest?: string
  readonly checksums?: string
}

/**
 * Whether the files are those that were saved, and of the shapes that the definition's model has: it is not made for that.
 * @param state whether the bytes are a state
 * @throws GanglionError when a file is damaged, changed, or of another model
 */
export async function checkSaved(
  definition: ModelDefinition, { bytes, digest, checksums }: Saved, state: boolean, place: (name: string) => string,
): Promise<void> {
  const name = state ? STATE : WEIGHTS
  const shapes = safetensorsShapes(bytes, place(name))
  await checkSum(checksums, place(name), name, bytes)
  if (digest !== undefined) await checkSum(checksums, place(DIGEST), DIGEST, digest)
  if (state) shapes.delete(COUNTERS)
  const variables = graphsOf(definition, ROWS).tensors.filter(isVariable)
  const kept = variables.filter((v) => state || v.attrs.role !== 'slot')
  fitting(place(name), () => checkShapes(state ? 'state' : 'weights', definition.kind, kept, shapes))
}

function fitting<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new GanglionError(`"${path}" does not fit the run's config.json: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Loads weights, or a state, that `checkSaved` let pass into a model.
 * @param state whether the bytes are a state: optimizers' slots and counters too, to go on training
 * @param place of a file of the run, for messages
 * @throws GanglionError when a file is damaged, changed, or of another model
 */
export async function restore(
  model: Model, { bytes, digest }: Saved, state: boolean, place: (name: string) => string,
): Promise<void> {
  const name = state ? STATE : WEIGHTS
  const { tensors } = decodeSafetensors(bytes, place(name))
  fitting(place(name), () => (state ? model.loadState(stateOf(tensors)) : model.loadWeights(tensors)))
  if (state && digest !== undefined && digest.trim() !== await model.digest()) {
    throw new GanglionError(`"${place(name)}" is not what ${DIGEST} of the run says: one of them was changed, ` +
      'or is of another run; copy the run again')
  }
}

/** The steps that a state has had. @param place of the state, for messages @throws GanglionError when it is damaged */
export function stepOf(state: Uint8Array, place: string): number {
  const { counters } = stateOf(decodeSafetensors(state, place).tensors)
  if (counters.length > 0) return stepIn(counters)
  throw new GanglionError(`"${place}" has no counters, expected the state of a run; copy the run again`)
}

/** A line of checksums, as `sha256sum` reads it: its mark of binary files is a star. */
const LINE = /^([0-9a-f]{64}) [ *](.+)$/

/** The hashes in checksums, by the files' names. @throws GanglionError where a line is none of checksums */
export function parseChecksums(text: string, where: string): Map<string, string> {
  return new Map(text.split(/\r?\n/).filter((line) => line !== '').map((line, i) => {
    const [, hash, name] = LINE.exec(line) ?? []
    if (name !== undefined) return [name, hash!]
    throw new GanglionError(`line ${i + 1} of "${where}" expected 64 hexadecimal digits, two spaces and the name of a file; ` +
      'copy the run again')
  }))
}

/** @throws GanglionError when the checksums know the file as another, or not */
async function checkSum(sums: string | undefined, path: string, name: string, data: Contents): Promise<void> {
  if (sums === undefined || parseChecksums(sums, CHECKSUMS).get(name) === await hashOf(data)) return
  throw new GanglionError(`"${path}" is not the file that the run saved: ` +
    `its SHA-256 is not that in ${CHECKSUMS}; copy the run again, or delete ${CHECKSUMS} if the change is meant`)
}

const hashOf = (data: Contents): Promise<string> => sha256([typeof data === 'string' ? encodeUtf8(data) : data])

function stateTensors(model: Model): Map<string, SavedTensor> {
  const shapes = new Map(model.session.variables.map((v) => [v.attrs.name, v.shape]))
  const { variables, counters } = model.state()
  const tensors = new Map<string, SavedTensor>([[COUNTERS, { shape: [counters.length], data: counters }]])
  for (const [name, data] of variables) tensors.set(name, { shape: shapes.get(name)!, data })
  return tensors
}

function stateOf(tensors: ReadonlyMap<string, SavedTensor>): State {
  const variables = new Map<string, Float32Array>()
  for (const [name, { data }] of tensors) if (isA('Float32Array', data)) variables.set(name, data)
  const counters = tensors.get(COUNTERS)?.data
  return { variables, counters: isA('Uint32Array', counters) ? counters : new Uint32Array() }
}
