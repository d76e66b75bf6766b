// The kinds of models of the package, as its public entries export them: a model that is added there is in the page.
import * as ganglion from 'ganglion'
import * as models from 'ganglion/models'

const isKind = (x: unknown): x is ganglion.ModelKind => typeof x === 'function' && 'kind' in x && 'summary' in x && 'options' in x

export interface Exported {
  readonly kind: ganglion.ModelKind
  /** The name and the entry that a program imports it by. */
  readonly name: string
  readonly entry: 'ganglion' | 'ganglion/models'
}

const exportedBy = (entry: Exported['entry'], all: object): Exported[] => (
  Object.entries(all).flatMap(([name, kind]) => (isKind(kind) ? [{ kind, name, entry }] : [])))

const first = exportedBy('ganglion', ganglion)
/** By the default entry, where it has a kind too. */
export const exported: readonly Exported[] = [
  ...first, ...exportedBy('ganglion/models', models).filter(({ name }) => !first.some((each) => each.name === name)),
]

/** The definition of a kind with options, as a trainer's `info` has both. */
export function definitionOf(kind: string, options: object): ganglion.ModelDefinition {
  return exported.find((each) => each.kind.kind === kind)!.kind(options as never)
}
