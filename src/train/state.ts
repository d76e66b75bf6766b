// A run's state: what training changes, as tensors by name, and its digest.
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
    variables: new Map(session.variables.map((v) => [v.attrs.name, session.values(v).slice()])),
    counters: session.groupWords(TRAIN).slice(),
  }
}

/** Writes a state back; throws, before anything is changed, where it is not of this model. */
export function writeState(session: Session, { variables, counters }: State): void {
  const all = session.variables
  for (const v of all) {
    const given = variables.get(v.attrs.name)
    if (given?.length !== v.size) throw new RangeError(`state: '${v.attrs.name}' has ${given?.length ?? 'no'} values, expected ${v.size}; the state is of another model`)
  }
  if (variables.size !== all.length) throw new RangeError(`state: ${variables.size} variables given, the model has ${all.length}; the state is of another model`)
  const words = session.groupWords(TRAIN)
  if (counters.length !== words.length) throw new RangeError(`state: ${counters.length} counters given, expected ${words.length}`)
  for (const v of all) session.values(v).set(variables.get(v.attrs.name)!)
  words.set(counters)
}

/** The name of the first variable that holds a NaN or an infinity, if any. */
export function firstNotFinite(session: Session): string | undefined {
  return session.variables.find((v) => !allFinite(session.values(v)))?.attrs.name
}

/** A plain loop: six times as fast as `every`, and it sees every weight every few seconds of training. */
export function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return false
  return true
}

/** SHA-256 over `name, 0, bytes` of every variable in the order of names, then the counters and seed; little endian. */
export async function digest(session: Session): Promise<string> {
  const { variables, counters } = readState(session)
  const parts: Uint8Array[] = []
  for (const [name, values] of variables) parts.push(new TextEncoder().encode(`${name}\0`), new Uint8Array(values.buffer))
  parts.push(new Uint8Array(counters.buffer))
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
  return Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('')
}
