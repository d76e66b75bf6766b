// The layer from class numbers to vectors.
import { initializer } from '../graph/leaves.ts'
import { gather } from '../ops/gather.ts'
import { complete, count, type Given, required } from '../options.ts'
import { randomUniform } from './initializers.ts'
import { type Layer, LAYER, layer, type LayerOptions } from './layer.ts'

const EMBEDDING = {
  /** How many there are: indices are from 0 to inputDim − 1. */
  inputDim: required(count),
  /** Numbers in a vector. */
  outputDim: required(count),
  /** Default: randomUniform({ minval: -0.05, maxval: 0.05 }), Keras' choice. */
  embeddingsInitializer: initializer,
}
export type EmbeddingOptions = Given<typeof EMBEDDING> & LayerOptions

/**
 * The row of `embeddings` [inputDim, outputDim] at each index: [batch, …] becomes [batch, …, outputDim].
 * An index outside gives zeros.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * layers.embedding({ inputDim: 10, outputDim: 32 }) // labels to vectors
 */
export function embedding(options: EmbeddingOptions): Layer {
  const { inputDim, outputDim, embeddingsInitializer = randomUniform({ minval: -0.05, maxval: 0.05 }), ...all } =
    complete('embedding', options, EMBEDDING, LAYER)
  return layer('embedding', all, (_, variable) => {
    const embeddings = variable('embeddings', [inputDim, outputDim], embeddingsInitializer)
    return (x) => gather(embeddings, x)
  })
}
