// What a page is told of runs: the server sends it, the page (web/src/watch) reads it. It imports no more than names, because the
// page is checked for browsers.
import type { Moment, Picture } from '../../checkpoint/pictures.ts'

/** An option of a run by its name, both as texts. */
export type Told = readonly [option: string, value: string]

/** A picture that there is: after which epoch or step, and a mark that changes when it is drawn anew. */
export type Drawn = Moment & { readonly mark: number }

/** Steps within epochs after which there are pictures: how many of those before still hold, and those that come after these. */
export interface DrawnSteps {
  readonly keep: number
  readonly steps: readonly number[]
}

/** A line of metrics.jsonl. Figures of the test images are called as `ganglion sweep` calls them. */
export interface Row {
  readonly epoch: number
  readonly step: number
  /** Images a second. */
  readonly speed: number
  /** Of an epoch, whether it was trained to its end; null for the figures of some steps, which the epoch's tell of too. */
  readonly complete: boolean | null
  readonly values: Readonly<Record<string, number>>
}

/** All of a run but its rows. */
export interface Facts {
  readonly name: string
  /** What it was told; nothing before its config.json was read. */
  readonly options: readonly Told[]
  /** Epochs that it is to have, where that is known. */
  readonly epochs?: number
  readonly status: 'training' | 'ended' | 'stopped'
  /** Why there are no figures, or no new ones. */
  readonly fault?: string
  readonly pictures: Readonly<Partial<Record<Picture, Drawn>>>
  /** Where it has a latent map: a mark that changes when the run is saved. */
  readonly map?: number
}

export interface RunNews extends Facts {
  /** How many of the rows before still hold; `rows` come after those. */
  readonly keep: number
  readonly rows: readonly Row[]
  readonly drawn: DrawnSteps
}

/** What the server sends: which run it is of, by its number. */
export interface News extends RunNews {
  readonly run: number
}
