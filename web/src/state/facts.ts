// The package's models, as the build asked for them (plugins/models.ts).
import all from 'virtual:models'

/** An option of a model. Its values are texts here, as an address has them. */
export interface OptionFacts {
  readonly name: string
  readonly help: string
  readonly expected: string
  readonly initial: string
  /** Of a number; `below`: what it stays below. */
  readonly range?: { readonly whole: boolean, readonly min: number, readonly below: number | null }
  /** Of a list of positive integers. */
  readonly length?: number
  /** Of a text. */
  readonly choices?: readonly string[]
}

export interface ModelFacts {
  readonly kind: string
  readonly summary: string
  readonly paper: string
  /** What a program imports, and where from. */
  readonly name: string
  readonly entry: 'ganglion' | 'ganglion/models'
  /** The defaults of its options; null where it has no such option, or none that is a number. */
  readonly latent: number | null
  readonly rate: number | null
  /** The size of its batch; null where it says none. */
  readonly batch: number | null
  /** Whether it has an encoder, figures of its own on data, classes. */
  readonly encodes: boolean
  readonly judges: boolean
  readonly classes: boolean
  /** With the default latent. */
  readonly codeShape: readonly number[]
  /** What it takes besides. */
  readonly options: readonly OptionFacts[]
}

export const models: readonly ModelFacts[] = all
export const factsOf = (kind: string): ModelFacts => models.find((m) => m.kind === kind)!

/** A text as the option has it, or null where it takes no such one. */
export function optionText({ range, length, choices }: OptionFacts, given: string): string | null {
  const text = given.trim()
  if (choices) return choices.includes(text) ? text : null
  const numbers = text.split(',').map((each) => (each.trim() === '' ? NaN : Number(each)))
  const { whole, min, below } = range ?? { whole: true, min: 1, below: null }
  const fits = (x: number) => Number.isFinite(x) && x >= min && (below === null || x < below) && (!whole || Number.isInteger(x))
  return numbers.length === (length ?? 1) && numbers.every(fits) ? numbers.join() : null
}

/** Its value, as a model takes it. */
export function optionValue({ range, length }: OptionFacts, text: string): number | string | number[] {
  return range ? Number(text) : length ? text.split(',').map(Number) : text
}
