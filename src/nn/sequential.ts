// Layers one after another.
import { scoped, type Tensor } from '../graph/tensor.ts'
import { check, name as nameRule } from '../options.ts'
import { type Layer, layersRule, type Pass } from './layer.ts'

/**
 * Applies `layers` in order. Layers of one name are told apart by a number: dense, dense_1, …
 * @param name the scope of its layers: a model's sequentials need names of their own
 * @example
 * const encoder = layers.sequential('encoder', [layers.dense({ units: 400, activation: 'relu' }), layers.dense({ units: 20 })])
 * const codes = encoder.apply(x, pass)
 */
export function sequential(name: string, layers: readonly Layer[]): Layer {
  check('sequential', 'name', name, nameRule)
  check('sequential', 'layers', layers, layersRule)
  const given = layers.map((l) => l.name)
  const names: string[] = []
  for (const l of layers) {
    let { name } = l
    for (let i = 1; names.includes(name) || (i > 1 && given.includes(name)); i++) name = `${l.name}_${i}`
    names.push(name)
  }
  return {
    kind: 'sequential',
    name,
    layers,
    get trainable() {
      return layers.some((l) => l.trainable !== false)
    },
    set trainable(value) {
      for (const l of layers) l.trainable = value
    },
    get variables() {
      return [...new Set(layers.flatMap((l) => l.variables))]
    },
    apply: (x: Tensor, pass: Pass, as = name) => scoped(as, () => layers.reduce((h, l, i) => l.apply(h, pass, names[i]), x)),
  }
}
