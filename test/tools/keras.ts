// Keras as TensorFlow.js has it: tfjs-layers, by Keras' own team, with Keras' layers, weights and layouts. Python's Keras is in
// neither npm nor Debian 12. It computes slowly and plainly, on the processor.
import type { SavedTensor } from '../../src/formats/safetensors.ts'
import { loaded } from './packages.ts'

interface Tensor {
  readonly shape: number[]
  dataSync(): Float32Array
}
export interface KerasLayer {
  readonly weights: readonly { readonly name: string }[]
  setWeights(values: readonly Tensor[]): void
}
interface Network {
  predict(x: Tensor): Tensor
}
interface Core {
  tensor(values: Float32Array, shape: readonly number[]): Tensor
}
interface Layers {
  sequential(of: { layers: readonly KerasLayer[] }): Network
  readonly layers: Readonly<Record<string, (options: object) => KerasLayer>>
}

const core = loaded<Core>('@tensorflow/tfjs-core')
const all = core && loaded<Layers>('@tensorflow/tfjs-layers')
export const keras = core && all && loaded('@tensorflow/tfjs-backend-cpu') ? { ...core, ...all } : null

/** Layers one after another, each with what its weights are called in a file up to their own names, if it has any. */
export type Stack = readonly (readonly [name: string | null, layer: KerasLayer])[]

/** What a network with a file's weights makes of `x`. @throws Error where the file lacks a weight, or has one of another shape */
export function predicted(stack: Stack, weights: ReadonlyMap<string, SavedTensor>, x: SavedTensor): SavedTensor {
  const { sequential, layers, tensor } = keras!
  const network = sequential({
    layers: [layers['inputLayer']!({ inputShape: x.shape.slice(1) }), ...stack.map(([, layer]) => layer)],
  })
  const used = new Set<string>()
  for (const [name, layer] of stack) {
    if (name === null) continue
    layer.setWeights(layer.weights.map((weight) => {
      const place = `${name}/${weight.name.split('/').at(-1)!.replace(/^depthwise_/, '')}`
      const found = weights.get(place)
      if (!found) throw new Error(`the file has no '${place}'`)
      used.add(place)
      return tensor(found.data as Float32Array, found.shape)
    }))
  }
  const left = [...weights.keys()].filter((name) => !used.has(name))
  if (left.length) throw new Error(`Keras has no place for ${left.join(', ')}`)
  const y = network.predict(tensor(x.data as Float32Array, x.shape))
  return { shape: y.shape, data: y.dataSync() }
}
