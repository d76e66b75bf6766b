// Weights by name, out of a model and into it: all of them, or as many as fit.
import type { Variable } from '../graph/leaves.ts'
import { sameShape, show } from '../graph/tensor.ts'
import type { SavedTensor } from '../formats/safetensors.ts'
import {
  callable, check, complete, flag, type Given, isNumbers, isObject, name as nameRule, option, rule, type Rule, shown,
} from '../options.ts'
import { isA } from '../tag.ts'
import type { Session } from '../runtime/session.ts'
import { checkValues } from './state.ts'
import { statusOf } from './status.ts'

const OPTIONS = {
  /** Whether all weights must be there, and no others. Default true. */
  strict: option(flag, true),
  /** What the model calls the tensor that is given as `name`: `(name) => name.replace(/^vae\//, '')`, say. Default: the same. */
  rename: callable as Rule<(name: string) => string>,
}
export type LoadOptions = Given<typeof OPTIONS>

/** What became of the weights of the model and of those given, by the model's names. */
export interface LoadReport {
  readonly loaded: string[]
  /** The model's, which nothing was given for, or of another shape: they stay as they were. */
  readonly missing: string[]
  /** Given ones that the model has no place for. */
  readonly unexpected: string[]
}

/** What PyTorch saves beside running statistics, and no model here needs. */
const COUNTS_BATCHES = /(^|[./])num_batches_tracked$/
const isSaved = (x: unknown): x is SavedTensor => isObject(x) && 'data' in x && isNumbers((x as Partial<SavedTensor>).shape)
const TENSOR = rule('a tensor, { shape, data }', isSaved)
const WEIGHTS = rule('a Map of tensors by name', (x): x is Map<string, SavedTensor> => isA('Map', x))

/** All but the optimizers' slots: what a model keeps when it is trained no more. */
export const keptBy = (session: Session): Variable[] => session.variables.filter((v) => v.attrs.role !== 'slot')

/** Keeps what a model keeps; returns what puts it back. */
export function copyKept(session: Session): () => void {
  const copies = keptBy(session).map((v) => [v, session.read(v)] as const)
  return () => {
    for (const [v, values] of copies) session.write(v, values)
    statusOf(session).loads++
  }
}

/** Takes over weights. Nothing changes where one is refused. */
export function loadWeights(
  session: Session, kind: string, weights: ReadonlyMap<string, SavedTensor>, options: LoadOptions,
): LoadReport {
  check('loadWeights', 'weights', weights, WEIGHTS)
  const { strict, rename = (name: string) => name } = complete('loadWeights', options, OPTIONS)
  const kept = new Map(keptBy(session).map((v) => [v.attrs.name, v]))
  const given = renamed(weights, rename)
  if (strict) {
    for (const name of given.keys()) if (COUNTS_BATCHES.test(name) && !kept.has(name)) given.delete(name)
    checkShapes('weights', kind, kept.values(), given)
  }
  const fitting = [...given].filter(([name, { shape }]) => sameShape(shape, kept.get(name)?.shape ?? [NaN]))
  for (const [name, { data }] of fitting) checkTensor(kept.get(name)!, data)
  for (const [name, { data }] of fitting) session.write(kept.get(name)!, data)
  statusOf(session).loads++
  const loaded = fitting.map(([name]) => name)
  const isLoaded = new Set(loaded)
  const others = (names: Iterable<string>) => [...names].filter((name) => !isLoaded.has(name))
  return { loaded, missing: others(kept.keys()), unexpected: others(given.keys()) }
}

function renamed(weights: ReadonlyMap<string, SavedTensor>, rename: (name: string) => string): Map<string, SavedTensor> {
  const all = new Map<string, SavedTensor>()
  for (const [name, tensor] of weights) {
    check('weights', shown(name), tensor, TENSOR)
    const to = rename(name)
    check('loadWeights', `what rename gives for ${shown(name)}`, to, nameRule)
    if (all.has(to)) throw new RangeError(`loadWeights: rename gives two tensors the name '${to}', expected a name for each`)
    all.set(to, tensor)
  }
  return all
}

/**
 * Whether tensors are those of the variables, by their names and shapes.
 * @param what weights or state
 * @throws RangeError where one is missing, of another shape, or of no variable
 */
export function checkShapes(
  what: string, kind: string, variables: Iterable<Variable>, given: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  const mend = 'the options must be those it was trained with'
  const whose = what === 'state' ? 'the state is' : 'the weights are'
  const kept = new Map([...variables].map((v) => [v.attrs.name, v]))
  for (const name of given.keys()) {
    if (!kept.has(name)) throw new RangeError(`${what}: '${name}' is not of this ${kind}; ${mend}`)
  }
  for (const [name, { shape }] of kept) {
    const tensor = given.get(name)
    if (!tensor) throw new RangeError(`${what}: '${name}' is missing; ${whose} of another model`)
    if (sameShape(tensor.shape, shape)) continue
    throw new RangeError(`${what}: '${name}' has shape ${show(tensor.shape)}, expected ${show(shape)}; ${mend}`)
  }
}

function checkTensor({ attrs: { name }, size }: Variable, data: SavedTensor['data']): void {
  if (data?.length !== size) {
    throw new RangeError(`weights: '${name}' has ${data?.length ?? 'no'} values, expected ${size} for its shape`)
  }
  checkValues('weights', name, data)
}
