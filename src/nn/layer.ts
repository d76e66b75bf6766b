// A layer: a function of tensors that owns variables. They are made at its first use, when the input's shape is known,
// and named by the scope they are made in: `encoder/dense/kernel`.
import { type Initializer, type Variable, type VariableRole, variable } from '../graph/leaves.ts'
import { currentScope, scoped, type Shape, type Tensor } from '../graph/tensor.ts'
import type { Stream, StreamRows } from '../ops/random.ts'
import { step } from '../ops/step.ts'

/** Some rows of a batch: `rows` of them, from row `first` on. */
export type Rows = Pick<StreamRows, 'first' | 'rows'>

/** One construction of a graph: whether it is for training, and the updates that its layers ask for on the side. */
export class Pass {
  readonly training: boolean
  /** The updates that were asked for, in order. */
  readonly updates: readonly Tensor[] = []
  readonly #streams = new Map<string, number>()
  readonly #rows: Rows | undefined
  /** @param rows those of the step's batch that the graph is for, where it is not for all of them (a micro-batch) */
  constructor(training: boolean, rows?: Rows) {
    this.training = training
    this.#rows = rows
  }
  /** The number of steps done before this one, a scalar tensor, exact up to 2^24. */
  get step(): Tensor {
    return step()
  }
  /** Asks for an update (of running statistics, say) at the end of the stage that computes what it is made from. */
  addUpdate(update: Tensor): void {
    (this.updates as Tensor[]).push(update)
  }
  /**
   * A random stream that nothing else in this pass uses: layers that run twice draw twice. In the graph of some rows of a
   * batch, random ops draw from it what these rows draw in the graph of the whole.
   */
  stream(name: string): Stream {
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
}

/** Makes a variable in the layer's scope. */
export type AddVariable = (name: string, shape: Shape, initializer: Initializer, role?: VariableRole) => Variable

/**
 * A layer from `build`, which is called once, with the first input's shape, and returns what to do with inputs.
 * @param name its own, or undefined for its kind
 */
export function layer(
  kind: string,
  name: string | undefined,
  build: (input: Shape, add: AddVariable) => (x: Tensor, pass: Pass) => Tensor,
): Layer {
  const variables: Variable[] = []
  let run: ((x: Tensor, pass: Pass) => Tensor) | undefined
  const add: AddVariable = (variableName, shape, initializer, role) => {
    const made = variable([currentScope(), variableName].join('/'), shape, initializer, role)
    variables.push(made)
    return made
  }
  return {
    kind,
    name: name ?? kind,
    variables,
    apply: (x, pass, as = name ?? kind) => scoped(as, () => {
      run ??= build(x.shape, add)
      return run(x, pass)
    }),
  }
}

/** The variables of `layers` that are trained, each once: layers may share a layer. */
export const parameters = (...layers: Layer[]): Variable[] =>
  [...new Set(layers.flatMap((l) => l.variables))].filter((v) => v.attrs.role === 'parameter')
