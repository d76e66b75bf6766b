// A layer: a function of tensors that owns variables. They are made at its first use, when the input's shape is known,
// and named by the scope they are made in: `encoder/dense/kernel`.
import { type Initializer, type Variable, type VariableRole, variable } from '../graph/leaves.ts'
import { currentScope, scoped, type Shape, type Tensor, tensor } from '../graph/tensor.ts'
import type { Stream, StreamRows } from '../ops/random.ts'
import { step } from '../ops/step.ts'
import {
  callable, check, flag, type Given, isObject, listOf, name as nameRule, notNegative, option, record, rule,
} from '../options.ts'
import type { Batch } from './batch.ts'

/** Some rows of a batch: `rows` of them, from row `first` on. */
export type Rows = Pick<StreamRows, 'first' | 'rows'>

/** One construction of a graph: whether it is for training, and the updates that its layers ask for on the side. */
export class Pass {
  readonly training: boolean
  /** The batches of the step: as many as the definition's `batchesPerStep`. None where the graph is not for training. */
  readonly batches: readonly Batch[]
  /** The updates that layers asked for, in order. */
  readonly updates: readonly Tensor[] = []
  readonly #streams = new Map<string, number>()
  readonly #rows: Rows | undefined
  /**
   * @param rows those of the step's batch that the graph is for, where it is not for all of them (a micro-batch)
   * @param batches those of the step
   */
  constructor(training: boolean, rows?: Rows, batches: readonly Batch[] = []) {
    this.training = training
    this.#rows = rows
    this.batches = batches
  }
  /** The number of steps done before this one, a scalar tensor, exact up to 2^24. */
  get step(): Tensor {
    return step()
  }
  /** Asks for an update (of running statistics, say) at the end of the stage that computes what it is made from. */
  addUpdate(update: Tensor): void {
    check('addUpdate', 'update', update, tensor);
    (this.updates as Tensor[]).push(update)
  }
  /**
   * A random stream that nothing else in this pass uses: layers that run twice draw twice. In the graph of some rows of a
   * batch, random ops draw from it what these rows draw in the graph of the whole.
   */
  stream(name: string): Stream {
    check('stream', 'name', name, nameRule)
    const path = [currentScope(), name].filter(Boolean).join('/')
    const uses = (this.#streams.get(path) ?? 0) + 1
    this.#streams.set(path, uses)
    const own = uses === 1 ? path : `${path}#${uses}`
    return this.#rows ? { name: own, ...this.#rows } : own
  }
}

export interface Layer {
  readonly kind: string
  /** The scope in which it makes its variables and tensors. */
  readonly name: string
  /**
   * What it makes of `x`. Its first use makes its variables; later inputs must have as many features or channels.
   * @param as its scope, in place of its name: `sequential` tells layers of one name apart by it
   */
  apply(x: Tensor, pass: Pass, as?: string): Tensor
  /** What it learned and keeps, once applied. */
  readonly variables: readonly Variable[]
  /**
   * Whether training changes it: true by default. A frozen layer's parameters are not among `parameters`, so no gradients for
   * them are built, and its batch normalization works as in inference and keeps its statistics. Graphs that were made before
   * it was set stay as they are. Of a layer made of layers it is theirs: it sets them all.
   */
  trainable?: boolean
  /** The layers that it is made of, where it is. */
  readonly layers?: readonly Layer[]
}

/** Makes a variable in the layer's scope. */
export type AddVariable = (name: string, shape: Shape, initializer: Initializer, role?: VariableRole) => Variable

/** What every layer takes. */
export const LAYER = {
  /** Names the layer in its parent's scope; the kind by default. */
  name: nameRule,
  /** Whether training changes it. Default true. */
  trainable: option(flag, true),
  /** An optimizer's learning rate is multiplied by this for the layer's parameters; 0 or more. Default 1. */
  learningRateMultiplier: option(notNegative, 1),
}
export type LayerOptions = Given<typeof LAYER>

/** What a layer does with inputs. `trainable`: whether it is, at this use. */
export type Run = (x: Tensor, pass: Pass, trainable: boolean) => Tensor

/** Which layer made a variable, and its `learningRateMultiplier`. */
const makers = new WeakMap<Variable, Layer>()
const multipliers = new WeakMap<Variable, number>()

/** What the learning rate is multiplied by for a variable. */
export const learningRateMultiplierOf = (v: Variable): number => multipliers.get(v) ?? 1
/** Whether the layer that made the variable, if one did, is trainable. */
export const isTrainable = (v: Variable): boolean => makers.get(v)?.trainable !== false

/**
 * A layer from `build`, which is called once, with the first input's shape, and returns what to do with inputs.
 * @param options its name, or undefined for its kind; whether it is trainable, and how fast
 * @example
 * const scale = layers.layer('scale', {}, (shape, add) => {
 *   const gamma = add('gamma', [shape.at(-1)!], initializers.ones())
 *   return (x) => ops.mul(x, gamma)
 * })
 */
export function layer(kind: string, options: LayerOptions, build: (input: Shape, add: AddVariable) => Run): Layer {
  check('layer', 'kind', kind, nameRule)
  check('layer', 'options', options, record)
  check('layer', 'build', build, callable)
  const { name = kind, trainable = true, learningRateMultiplier = 1 } = options
  const variables: Variable[] = []
  let run: Run | undefined
  const add: AddVariable = (variableName, shape, initializer, role) => {
    const v = variable([currentScope(), variableName].join('/'), shape, initializer, role)
    variables.push(v)
    makers.set(v, made)
    multipliers.set(v, learningRateMultiplier)
    return v
  }
  const made: Layer = {
    kind,
    name,
    variables,
    trainable,
    apply: (x, pass, as = name) => scoped(as, () => {
      check(kind, 'x', x, tensor)
      check(kind, 'pass', pass, passRule)
      run ??= build(x.shape, add)
      return run(x, pass, made.trainable !== false)
    }),
  }
  return made
}

export const passRule = rule('the pass that train, encode and decode are given',
  (x): x is Pass => isObject(x) && 'training' in x && 'updates' in x)
const isLayer = (x: unknown): x is Layer => isObject(x) && 'apply' in x && 'variables' in x
const LAYER_RULE = rule('a layer', isLayer)
export const layersRule = listOf('layers', isLayer)

/**
 * The variables of `layers` that are trained, each once, since layers may share a layer: not those of frozen layers.
 * @example
 * const [dw] = gradients(loss, layers.parameters(encoder))
 */
export function parameters(...layers: readonly Layer[]): Variable[] {
  for (const l of layers) check('parameters', 'an argument', l, LAYER_RULE)
  return [...new Set(layers.flatMap(parametersOf))]
}

const parametersOf = (l: Layer): Variable[] => {
  if (l.trainable === false) return []
  if (l.layers) return l.layers.flatMap(parametersOf)
  return l.variables.filter((v) => v.attrs.role === 'parameter' && isTrainable(v))
}

/**
 * Freezes layers, or with false unfreezes them: sets `trainable` of each.
 * @example
 * layers.freeze(encoder) // its weights stay
 * layers.freeze(encoder, false) // they learn again
 */
export function freeze(layers: Layer | readonly Layer[], frozen = true): void {
  const all = Array.isArray(layers) ? layers as readonly Layer[] : [layers as Layer]
  for (const l of all) check('freeze', 'a layer', l, LAYER_RULE)
  check('freeze', 'frozen', frozen, flag)
  for (const l of all) l.trainable = !frozen
}
