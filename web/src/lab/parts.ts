// What a model is made of: its parts, and their layers with what they give and how many parameters they have.
import { input, sizeOf, type Tensor } from 'ganglion'
import { batchOf, layerOf, type Opened, parametersOf, rootsOf, walk } from './graph.ts'

export interface Layer {
  /** With the part's name: `encoder/dense`. */
  readonly name: string
  /** What it gives of one image; none where that is not of an image. */
  readonly shape: readonly number[] | null
  readonly parameters: number
}
export interface Part {
  readonly name: 'encoder' | 'decoder' | 'generator' | 'discriminator'
  /** What goes in. */
  readonly shape: readonly number[]
  readonly layers: readonly Layer[]
}

/** What only gives numbers another shape. */
const SHAPES = /(?:^|\/)(?:flatten|reshape)(?:_\d+)?$/

/** The last tensor of each scope, in their order: what a layer gives. */
const lastOf = (tensors: readonly Tensor[]): Map<string, Tensor> => {
  const last = new Map<string, Tensor>()
  for (const tensor of tensors) if (tensor.scope && !tensor.scope.includes('gradient')) last.set(tensor.scope, tensor)
  return last
}

export function partsOf({ definition, pass, rows, stages }: Opened): Part[] {
  const { encode, decode, discriminate, codeShape, imageShape } = definition
  const { images, labels } = batchOf(definition, rows)
  const graphs = [
    ...(encode ? [['encoder', imageShape, encode(images, pass, labels)] as const] : []),
    [encode ? 'decoder' : 'generator', codeShape, decode(input('codes', [rows, ...codeShape]), pass, labels)] as const,
    ...(discriminate ? [['discriminator', imageShape, discriminate(images, pass, labels)] as const] : []),
  ]
  const step = walk(rootsOf(stages))
  const counts = new Map<string, number>()
  for (const variable of parametersOf(step)) {
    counts.set(layerOf(variable), (counts.get(layerOf(variable)) ?? 0) + variable.size)
  }
  const layer = (name: string, { shape }: Tensor): Layer => ({
    name, shape: shape[0] === rows ? shape.slice(1) : null, parameters: counts.get(name) ?? 0,
  })
  const parts = graphs.map(([name, shape, graph]) => (
    { name, shape, layers: [...lastOf(walk([graph]))].map(([scope, tensor]) => layer(scope, tensor)) }))
  // What is of training alone, a variance say, stands after what comes before it there.
  let before = ''
  for (const [scope, tensor] of lastOf(step)) {
    if (parts.some(({ layers }) => layers.some(({ name }) => name === scope))) before = scope
    else if (counts.has(scope)) {
      const part = parts.find(({ layers }) => layers.some(({ name }) => name === before)) ?? parts[0]!
      part.layers.splice(part.layers.findIndex(({ name }) => name === before) + 1, 0, layer(scope, tensor))
      before = scope
    }
  }
  return parts.map(({ layers, ...part }) => ({ ...part, layers: layers.filter(({ name }) => !SHAPES.test(name)) }))
}

/** Numbers that a step trains. */
export const countOf = ({ stages }: Opened): number => (
  parametersOf(walk(rootsOf(stages))).reduce((all, { shape }) => all + sizeOf(shape), 0))
