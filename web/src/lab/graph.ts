// A definition's graphs, opened to look at: its parts for inference, and one training step. Public entries alone.
// Invariant: the step is never run as it is, so that looking changes no weight.
import {
  input, isVariable, Model, type ModelDefinition, type Runtime, type Stage, type Tensor, trainingStages, type Variable,
} from 'ganglion'

type Pass = Parameters<ModelDefinition['decode']>[1]

export interface Opened {
  readonly definition: ModelDefinition
  readonly model: Model
  /** Of graphs that do not train. */
  readonly pass: Pass
  readonly rows: number
  /** One step on `rows` images. */
  readonly stages: readonly Stage[]
}

/** The training images and their classes, as the step's graph has them. */
export const batchOf = ({ imageShape, classes }: ModelDefinition, rows: number) => (
  { images: input('images', [rows, ...imageShape]), ...(classes && { labels: input('labels', [rows]) }) })

export async function open(runtime: Runtime, made: ModelDefinition, rows: number): Promise<Opened> {
  // What is not in training comes with the passes that Model makes.
  let pass: Pass
  const definition: ModelDefinition = {
    ...made,
    decode(codes, given, labels) {
      pass ??= given
      return made.decode(codes, given, labels)
    },
  }
  const model = await Model.create(runtime, definition)
  return { definition: made, model, pass: pass!, rows, stages: trainingStages(made, batchOf(made, rows)) }
}

/** All that tensors depend on and they themselves, what is needed before what needs it. */
export function walk(roots: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>()
  const order: Tensor[] = []
  const stack = [...roots].reverse().map((tensor) => ({ tensor, ready: false }))
  for (let next; (next = stack.pop());) {
    const { tensor, ready } = next
    if (ready) order.push(tensor)
    else if (!seen.has(tensor)) {
      seen.add(tensor)
      stack.push({ tensor, ready: true }, ...[...tensor.inputs].reverse().map((each) => ({ tensor: each, ready: false })))
    }
  }
  return order
}

export const rootsOf = (stages: readonly Stage[]): Tensor[] => stages.flatMap(({ outputs = {}, metrics = {}, updates = [] }) => (
  [...Object.values(outputs), ...Object.values(metrics), ...updates]))

/** The layer that a variable is of: `encoder/dense` of `encoder/dense/kernel`. */
export const layerOf = ({ attrs: { name } }: Variable): string => name.slice(0, name.lastIndexOf('/'))

export const parametersOf = (tensors: readonly Tensor[]): Variable[] => (
  [...new Set(tensors.filter(isVariable))].filter(({ attrs: { role } }) => role === 'parameter'))

/** The parameters that a step trains, each with its gradient. */
export const trained = (stages: readonly Stage[]): (readonly [Variable, Tensor])[] => (
  stages.flatMap(({ updates = [] }) => updates).flatMap(({ op, inputs }) => {
    const [variable, gradient] = [inputs[0], inputs.at(-1)]
    return op.name === 'optimizer' && variable && gradient && isVariable(variable) ? [[variable, gradient] as const] : []
  }))
