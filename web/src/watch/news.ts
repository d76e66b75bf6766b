// What the server tells of a run, as src/cli/watch/watched.ts has it.
export const PICTURES = ['samples', 'reconstruction'] as const
export type Picture = (typeof PICTURES)[number]

export interface Row {
  readonly epoch: number
  readonly step: number
  readonly speed: number
  /** Null for the figures of some steps. */
  readonly complete: boolean | null
  readonly values: Readonly<Record<string, number>>
}

export interface Drawn {
  readonly epoch: number
  readonly mark: number
}

export interface Facts {
  readonly name: string
  readonly options: readonly (readonly [option: string, value: string])[]
  readonly epochs?: number
  readonly status: 'training' | 'ended' | 'stopped'
  readonly fault?: string
  readonly pictures: Readonly<Partial<Record<Picture, Drawn>>>
  /** Where it has a latent map: changes when the run is saved. */
  readonly map?: number
}

export interface News extends Facts {
  readonly run: number
  /** How many of the rows before still hold. */
  readonly keep: number
  readonly rows: readonly Row[]
}
