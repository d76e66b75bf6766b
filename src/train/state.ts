// A run's state: what training changes, as tensors by name, and its digest.
import { sha256 } from '../formats/sha256.ts'
import { encodeUtf8 } from '../formats/utf8.ts'
import { EPOCH, POSITION, STEP } from '../graph/contract.generated.ts'
import { check, floats, record, rule } from '../options.ts'
import { isA } from '../tag.ts'
import type { Session } from '../runtime/session.ts'

/** Variables by name (f32) and the training counters with their seed (u32). */
export interface State {
  readonly variables: ReadonlyMap<string, Float32Array>
  readonly counters: Uint32Array
}

/** The group of functions that train. */
export const TRAIN = 'train'

export function readState(session: Session): State {
  return {
    variables: new Map(session.variables.map((v) => [v.attrs.name, session.read(v)])),
    counters: session.groupWords(TRAIN).slice(),
  }
}

/**
 * Keeps the state; returns what brings it back. Variables that are as they were drawn can be drawn again, and are not copied:
 * that took 8 of the 80 ms from import to the end of the VAE's first step.
 */
export function keepState(session: Session): () => void {
  const state = session.asDrawn ? null : readState(session)
  if (state) return () => writeState(session, state)
  const counters = session.groupWords(TRAIN).slice()
  return () => {
    session.redraw()
    session.groupWords(TRAIN).set(counters)
  }
}

/**
 * Whether a state can be written.
 * @throws TypeError, RangeError where it is not of this model, or holds a NaN or an infinity: no training leaves one
 */
export function checkState(session: Session, state: State): void {
  check('loadState', 'state', state, record)
  const { variables, counters } = state
  check('loadState', 'state.variables', variables, VARIABLES)
  check('loadState', 'state.counters', counters, COUNTERS)
  const all = session.variables
  for (const { attrs: { name }, size } of all) {
    const given = variables.get(name)
    if (given?.length !== size) {
      const found = given?.length ?? 'no'
      throw new RangeError(`state: '${name}' has ${found} values, expected ${size}; the state is of another model`)
    }
    checkValues('state', name, given)
  }
  if (variables.size !== all.length) {
    throw new RangeError(`state: ${variables.size} variables given, the model has ${all.length}; the state is of another model`)
  }
  const { length } = session.groupWords(TRAIN)
  if (counters.length !== length) throw new RangeError(`state: ${counters.length} counters given, expected ${length}`)
  // Where they would end soon, they were not written by training: counting on, they would begin again at 0.
  const places = [STEP + 1, POSITION, EPOCH].map((at) => counters[at]!)
  if (places.some((word) => word >= LAST)) {
    throw new RangeError(`state: the counters are ${counters.join(', ')}, expected steps, places and epochs below 2^31; ` +
      'the state is damaged')
  }
}

/** The most epochs, images of an epoch and multiples of 2^32 steps that training counts. */
const LAST = 2147483648
const VARIABLES = rule('a Map of Float32Arrays by name', (x): x is Map<string, Float32Array> => isA('Map', x))
const COUNTERS = rule('a Uint32Array', (x): x is Uint32Array => isA('Uint32Array', x))

/** @throws TypeError, RangeError where values are not floats, or one is not finite */
export function checkValues(what: string, name: string, values: unknown): void {
  check(what, `'${name}'`, values, floats)
  const bad = firstNotFinite(values as Float32Array)
  if (bad === undefined) return
  throw new RangeError(`${what}: '${name}' holds ${bad}, expected finite numbers; load weights from before it arose`)
}

/** As `find` with a function, in a tenth of its time. */
function firstNotFinite(values: Float32Array): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    if (x - x !== 0) return x
  }
  return undefined
}

/** Writes a state back, as it was read. */
export function writeState(session: Session, { variables, counters }: State): void {
  for (const v of session.variables) session.write(v, variables.get(v.attrs.name)!)
  session.groupWords(TRAIN).set(counters)
}

/** Where training stands: steps done, samples of the epoch seen, epochs done. */
export function countersOf(session: Session): { step: number; position: number; epoch: number } {
  const counters = session.counters(TRAIN)
  const word = (index: number): number => counters[index]!
  return { step: stepIn(counters), position: word(POSITION), epoch: word(EPOCH) }
}

/** The steps that counters say were done. */
export const stepIn = (counters: Readonly<Record<number, number>>): number => counters[STEP]! + counters[STEP + 1]! * 4294967296

/** Goes on to the beginning of an epoch. */
export function beginEpoch(session: Session, epoch: number): void {
  const counters = session.counters(TRAIN)
  counters[POSITION] = 0
  counters[EPOCH] = epoch
}

/**
 * SHA-256 over `name, 0, bytes` of every variable in the order of names, then the counters and seed; little endian. Views of
 * memory, read before anything else can happen.
 */
export function digest(session: Session): Promise<string> {
  const parts: Uint8Array[] = []
  const add = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => parts.push(new Uint8Array(buffer, byteOffset, byteLength))
  for (const v of session.variables) {
    parts.push(encodeUtf8(`${v.attrs.name}\0`))
    add(session.floats(session.addressOf(v), v.size))
  }
  add(session.groupWords(TRAIN))
  return sha256(parts)
}
