// A layer: a function of tensors that owns variables. They are made at its first use, when the input's shape is known,
// and named by the scope they are made in: `encoder/dense/kernel`.
import { type Initializer, type Variable, type VariableRole, variable } from '../graph/leaves.ts'
import { currentScope, scoped, type Shape, type Tensor } from '../graph/tensor.ts'

/** One construction of a graph: whether it is for training, and the updates that its layers ask for on the side. */
export class Pass {
  readonly training: boolean
  /** The updates that were asked for, in order. */
  readonly updates: readonly Tensor[] = []
  readonly #streams = new Map<string, number>()
  constructor(training: boolean) {
    this.training = training
  }
  /** Asks for an update (of running statistics, say) at the end of the stage that computes what it is made from. */
  addUpdate(update: Tensor): void {
    (this.updates as Tensor[]).push(update)
  }
  /** A random stream's name that nothing else in this pass uses: layers that run twice draw twice. */
  stream(name: string): string {
    const path = [currentScope(), name].filter(Boolean).join('/')
    const uses = (this.#streams.get(path) ?? 0) + 1
    this.#streams.set(path, uses)
    return uses === 1 ? path : `${path}#${uses}`
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
