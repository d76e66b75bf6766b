// What a format is made from: a part of a model with its weights, and what is said of it in the file.
// Invariant: nothing that it gives changes the model.
import type { SavedTensor } from '../formats/safetensors.ts'
import type { Variable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { Model } from '../train/model.ts'
import { checkValues } from '../train/state.ts'
import { version } from '../version.generated.ts'
import { type GraphOptions, graphOf, type Part, type PartGraph } from './part.ts'

/** A model, or what `loadRun` gives. */
export interface Trained {
  readonly model: Model
  /** The run's: of all that training changes, which a run that was loaded to sample has not all. */
  readonly digest?: string
  /** What the run was told: the names of its classes, where its data has names. */
  readonly config?: { readonly data?: { readonly classNames?: readonly string[] } }
}

/** What a file says of itself. */
export interface Facts {
  readonly kind: string
  readonly part: Part
  readonly options: ModelDefinition['options']
  readonly imageShape: readonly number[]
  readonly codeShape: readonly number[]
  readonly classes?: number
  readonly classNames?: readonly string[]
  /** SHA-256 of the run. */
  readonly digest: string
  /** The version of Ganglion that wrote it. */
  readonly ganglion: string
}

export interface Source {
  readonly model: Model
  readonly part: Part
  readonly facts: Facts
  /** The part for so many rows. Two graphs of one source share their variables. */
  graph(rows: number, options?: GraphOptions): PartGraph
  /** Values by the variables' names. */
  weights(variables: readonly Variable[]): ReadonlyMap<string, SavedTensor>
}

/**
 * A part of a trained model, to be written.
 * @param names what its classes are called; by default what the run calls them
 * @throws GanglionError where the model has no such part
 * @throws RangeError where a weight of it is not finite, or there are not as many names as classes
 */
export async function sourceOf({ model, digest, config }: Trained, part: Part, names?: readonly string[]): Promise<Source> {
  const { definition, session } = model
  const classNames = classNamesOf(definition, names, config?.data?.classNames)
  const graph = (rows: number, options?: GraphOptions) => graphOf(definition, part, rows, options)
  const weights = (variables: readonly Variable[]) => new Map(variables.map((v) => {
    const data = session.read(v)
    checkValues('export', v.attrs.name, data)
    return [v.attrs.name, { shape: v.shape, data }]
  }))
  weights(graph(2).variables)
  const { kind, options, imageShape, codeShape, classes } = definition
  const facts = {
    kind, part, options, imageShape, codeShape, ...(classes !== undefined && { classes }), ...(classNames && { classNames }),
    digest: digest ?? await model.digest(), ganglion: version,
  }
  return { model, part, facts, graph, weights }
}

function classNamesOf(
  { kind, classes }: ModelDefinition, given: readonly string[] | undefined, saved: readonly string[] | undefined,
): readonly string[] | undefined {
  // A model of one's own may have other classes than its data.
  if (!given) return saved?.length === classes ? saved : undefined
  if (classes === undefined) {
    throw new RangeError(`exportModel: classNames are given, and the ${kind} has no classes; leave them out`)
  }
  if (given.length === classes) return given
  const expected = `${classes} names, one for each class of the ${kind}`
  throw new RangeError(`exportModel: classNames expected ${expected}, got ${given.length}`)
}
