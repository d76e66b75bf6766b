// Weights of other tools into a model: PyTorch's names and layouts, or Keras', of the same architecture.
// Invariant: every weight of the model comes from the file, or nothing changes and what does not fit is named.
import { GanglionError } from '../errors.ts'
import type { SavedTensor } from '../formats/safetensors.ts'
import { isVariable, type Variable } from '../graph/leaves.ts'
import { sameShape, show } from '../graph/tensor.ts'
import { graphsOf } from '../models/stages.ts'
import { check, isObject, name as nameRule, rule } from '../options.ts'
import { isA } from '../tag.ts'
import { type Model, ROWS } from '../train/model.ts'
import { fromTorch, fullName, type TorchName, torchNames } from './torch/names.ts'

/** What is left out of a file: counts of batches, which no layer here has, and constants of a module that `export` wrote. */
const NO_WEIGHTS = /(^|[./])num_batches_tracked$|^constant(_\d+)?$/
/** What a model has beside what other tools have: statistics of its own, which training makes anew. A file may have them. */
const isOurs = ({ attrs: { role, name } }: Variable): boolean =>
  role === 'statistic' && !/\/moving_(mean|variance)$/.test(name)
/** Whether a model keeps it when it is trained no more. */
const isKept = ({ attrs: { role } }: Variable): boolean => role !== 'slot' && role !== 'hyperparameter'

const MODEL = rule('a Model', (x): x is Model => isObject(x) && 'definition' in x)
const TENSORS = rule('a Map of tensors by name', (x): x is ReadonlyMap<string, SavedTensor> => isA('Map', x))

/** What became of the tensors of a file. */
export interface Imported {
  /** Whose layouts they have. */
  readonly from: 'pytorch' | 'keras'
  /** The model's weights, and what the file calls each. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Takes over weights of the same architecture from PyTorch or Keras: `decoder.dense.weight`, which is [out, in], becomes
 * `decoder/dense/kernel`, [in, out]. Names that are others (`decoder.0.weight`) are taken in their order, layer by layer.
 * @param tensors what `decodeSafetensors` gives
 * @param file what messages call the file
 * @throws TypeError, RangeError for arguments that are not as described
 * @throws GanglionError where a weight does not fit, is missing, or is of no layer of the model; nothing changes then
 * @example
 * importWeights(model, decodeSafetensors(bytes).tensors)
 */
export function importWeights(model: Model, tensors: ReadonlyMap<string, SavedTensor>, file = 'the file'): Imported {
  check('importWeights', 'the model', model, MODEL)
  check('importWeights', 'tensors', tensors, TENSORS)
  check('importWeights', 'file', file, nameRule)
  const graphs = graphsOf(model.definition, ROWS).tensors
  const variables = graphs.filter(isVariable)
  const averages = averagesOf(variables)
  const all = [...torchNames(variables.filter((v) => isKept(v) && !averages.has(v)), graphs)]
  const given = new Map([...tensors].filter(([name]) => !NO_WEIGHTS.test(name)))
  const keras = [...given.keys()].some((name) => /(^|[./])(kernel|gamma|moving_mean)(:0)?$/.test(name))
  const places = matched(all, given, averages, keras, file)
  const weights = new Map([...places].map(([v, [name, place]]) => {
    const { data } = given.get(name)!
    const values = Float32Array.from(data)
    return [v.attrs.name, { shape: v.shape, data: keras ? values : fromTorch(values, v, place) }]
  }))
  for (const [average, of] of averages) {
    const taken = weights.get(of.attrs.name)
    if (taken) weights.set(average.attrs.name, taken)
  }
  model.loadWeights(weights, { strict: false })
  return { from: keras ? 'keras' : 'pytorch', names: new Map([...places].map(([v, [name]]) => [v.attrs.name, name])) }
}

type Averages = ReadonlyMap<Variable, Variable>

/** Averages of weights (`ema`), and what each is of: they begin with what comes in. */
function averagesOf(variables: readonly Variable[]): Averages {
  return new Map(variables.filter(({ attrs: { role } }) => role === 'statistic').flatMap((v) => {
    const of = variables.find(({ attrs: { role, name } }) => role !== 'slot' && v.attrs.name.endsWith(`/${name}`))
    return of ? [[v, of] as const] : []
  }))
}

type Wanted = readonly (readonly [Variable, TorchName])[]
type Places = Map<Variable, readonly [name: string, place: TorchName]>

/** What the file calls each of `all` that it is to have, or has. @throws GanglionError where they are not the same layers */
function matched(
  all: Wanted, given: ReadonlyMap<string, SavedTensor>, averages: Averages, keras: boolean, file: string,
): Places {
  // A part that was exported with averages has them in place of what they are of.
  const named = new Map([...averages].map(([average, of]) => [average.attrs.name, of.attrs.name]))
  const plain = new Map([...given.keys()].map((name) => {
    const own = name.replace(/:0$/, '')
    return [(named.get(own) ?? own).replaceAll('/', '.'), name]
  }))
  const own = ([v, place]: Wanted[number]) => (keras ? v.attrs.name.replaceAll('/', '.') : fullName(place))
  const [wanted, ours] = [all.filter(([v]) => !isOurs(v)), all.filter(([v]) => isOurs(v))]
  const found = ours.filter((each) => plain.has(own(each)))
  if (wanted.every((each) => plain.has(own(each)))) {
    return placed([...wanted, ...found], (each) => plain.get(own(each)), given, keras, file)
  }
  // By number 2 is before 10, as in a Sequential; by letter fc21 is before fc3.
  let first: unknown
  for (const order of [byNumbers, byLetters]) {
    const names = inOrder(wanted.map(own), [...plain.keys()], order)
    try {
      return placed(wanted, (each) => plain.get(names.get(own(each)) ?? ''), given, keras, file)
    } catch (error) {
      first ??= error
    }
  }
  throw first
}

/** The places of all weights, by the name that each has. */
function placed(
  wanted: Wanted, nameOf: (each: Wanted[number]) => string | undefined, given: ReadonlyMap<string, SavedTensor>, keras: boolean,
  file: string,
): Places {
  const places: Places = new Map()
  for (const [v, place] of wanted) {
    const name = nameOf([v, place])
    if (name === undefined) throw misfit(file, `it has nothing for '${v.attrs.name}'`)
    const [{ shape }, expected] = [given.get(name)!, keras ? v.shape : place.shape]
    if (!sameShape(shape, expected)) {
      throw misfit(file, `'${name}' is ${show(shape)}, and '${v.attrs.name}' takes ${show(expected)}`)
    }
    places.set(v, [name, place])
  }
  const used = new Set([...places.values()].map(([name]) => name))
  const left = [...given.keys()].find((name) => !used.has(name))
  if (left !== undefined) throw misfit(file, `'${left}' is of no layer of the model`)
  return places
}

type Order = (a: string, b: string) => number
const moduleOf = (name: string): string => name.split('.').slice(0, -1).join('.')
const networkOf = (module: string): string => module.split('.')[0]!

/** The file's name for each of ours, layer by layer: of networks that both name alike, or of all. */
function inOrder(own: readonly string[], names: readonly string[], order: Order): Map<string, string> {
  const theirs = [...new Set(names.map(moduleOf))].sort(order)
  const ours = [...new Set(own.map(moduleOf))]
  const shared = ours.every((module) => theirs.some((other) => networkOf(other) === networkOf(module)))
  const among = (all: readonly string[], module: string) => (
    shared ? all.filter((other) => networkOf(other) === networkOf(module)) : all)
  return new Map(own.flatMap((name) => {
    const module = moduleOf(name)
    const other = among(theirs, module)[among(ours, module).indexOf(module)]
    return other === undefined ? [] : [[name, `${other && `${other}.`}${name.split('.').at(-1)!}`] as const]
  }))
}

const byLetters: Order = (a, b) => (a < b ? -1 : Number(a > b))
/** dense_2 before dense_10. */
const byNumbers: Order = (a, b) => {
  const padded = (name: string) => name.split(/(\d+)/).map((part, i) => (i % 2 ? part.padStart(16, '0') : part)).join('')
  return byLetters(padded(a), padded(b))
}

const misfit = (file: string, what: string): GanglionError =>
  new GanglionError(`"${file}" does not fit the model: ${what}; give the options that the model was made with, or another model`)
