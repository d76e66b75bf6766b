// The package's models, as the build asked for them (plugins/models.ts).
import all from 'virtual:models'

export interface ModelFacts {
  readonly kind: string
  readonly summary: string
  /** The defaults of its options; null where it has no such option, or none that is a number. */
  readonly latent: number | null
  readonly rate: number | null
  /** Whether it has an encoder, and figures of its own on data. */
  readonly encodes: boolean
  readonly judges: boolean
  /** With the default latent. */
  readonly codeShape: readonly number[]
}

export const models: readonly ModelFacts[] = all
export const factsOf = (kind: string): ModelFacts => models.find((m) => m.kind === kind)!
