// What the loops that train one model share, apart from its variables and counters. It is not part of the state.
import type { ImageDataset } from '../data/dataset.ts'
import type { Session } from '../runtime/session.ts'

export interface Standing {
  /** Whether a loop is training the model. */
  running: boolean
  /** What the counters' place in the epoch refers to; undefined where that is not known. */
  data: ImageDataset | undefined
  /** How often weights or a state were loaded: a snapshot from before such a load does not lead to what came after. */
  loads: number
}

const all = new WeakMap<Session, Standing>()

export function standingOf(session: Session): Standing {
  let standing = all.get(session)
  if (!standing) all.set(session, (standing = { running: false, data: undefined, loads: 0 }))
  return standing
}

/** Whether two datasets are the same part of the same memory. */
export function sameData({ images: a }: ImageDataset, { images: b }: ImageDataset): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.byteLength === b.byteLength
}
