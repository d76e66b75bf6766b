// Data that are brought row by row before a task reads them, as work sees them.
import type { ImageDataset } from '../data/dataset.ts'
import { EPOCH, POSITION } from '../graph/contract.generated.ts'
import type { Session } from '../runtime/session.ts'

/** Rows at places of an epoch. */
export interface Span {
  readonly from: number
  readonly rows: number
}

export interface Feed {
  /**
   * Has some rows brought, which stay until it is called again.
   * @param words the counters and the seed of a task
   */
  bring(words: readonly number[], spans: readonly Span[]): Promise<void>
  /** Begins to bring what a later task reads. */
  bringAhead(words: readonly number[], spans: readonly Span[]): void
  /** Puts rows, which were brought, into the window where programs read it. */
  put(session: Session, window: ImageDataset, words: readonly number[], span: Span): void
}

/** A window on data (train/streamed.ts), whose rows are brought. */
export interface FedData extends ImageDataset {
  readonly of: { readonly count: number }
  readonly feed: Feed
}
/** What brings rows to a window, if it is one. */
export const feedOf = (data: object): Feed | undefined => (data as Partial<FedData>).feed

/** The words of a task elsewhere in training. */
export const wordsAt = (words: readonly number[], position: number, epoch: number): number[] =>
  words.map((word, i) => (i === POSITION ? position : i === EPOCH ? epoch : word))
