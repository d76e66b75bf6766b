// What the loops that train one model share, apart from its variables and counters. It is not part of the state.
import type { ImageDataset } from '../data/dataset.ts'
import type { Session } from '../runtime/session.ts'
import { behind } from './streamed.ts'

export interface TrainingStatus {
  /** Whether a loop is training the model. */
  running: boolean
  /** What the counters' place in the epoch refers to; undefined where that is not known. */
  data: ImageDataset | undefined
  /** How often weights or a state were loaded: a snapshot from before such a load does not lead to what came after. */
  loads: number
}

const all = new WeakMap<Session, TrainingStatus>()

export function statusOf(session: Session): TrainingStatus {
  let status = all.get(session)
  if (!status) all.set(session, (status = { running: false, data: undefined, loads: 0 }))
  return status
}

/** Whether two datasets are the same part of the same memory (images, labels and tensors), or windows on the same data. */
export function sameData(a: ImageDataset, b: ImageDataset): boolean {
  if (behind(a)) return behind(a) === behind(b)
  const [ours, theirs] = [arraysOf(a), arraysOf(b)]
  return ours.length === theirs.length && ours.every(([name, x], i) => {
    const [other, y] = theirs[i]!
    return name === other && x.buffer === y.buffer && x.byteOffset === y.byteOffset && x.byteLength === y.byteLength
  })
}

function arraysOf({ images, labels, tensors = {} }: ImageDataset): (readonly [name: string, array: ArrayBufferView])[] {
  const named = Object.entries(tensors).map(([name, { data }]) => [name, data] as const)
  return [['images', images], ...(labels ? [['labels', labels] as const] : []), ...named.sort(([a], [b]) => (a < b ? -1 : 1))]
}
