// Layers one after another.
import { scoped, type Tensor } from '../graph/tensor.ts'
import { check, list, name as nameRule } from '../options.ts'
import type { Layer, Pass } from './layer.ts'

/**
 * Applies `layers` in order. Layers of one name are told apart by a number: dense, dense_1, …
 * @param name the scope of its layers: a model's sequentials need names of their own
 */
export function sequential(name: string, layers: readonly Layer[]): Layer {
  check('sequential', 'name', name, nameRule)
  check('sequential', 'layers', layers, list)
  const seen = new Map<string, number>()
  const named = layers.map((l) => {
    const uses = seen.get(l.name) ?? 0
    seen.set(l.name, uses + 1)
    return uses ? Object.create(l, { name: { value: `${l.name}_${uses}` } }) as Layer : l
  })
  return {
    kind: 'sequential',
    name,
    get variables() {
      return [...new Set(named.flatMap((l) => l.variables))]
    },
    apply: (x: Tensor, pass: Pass) => scoped(name, () => named.reduce((h, l) => l.apply(h, pass), x)),
  }
}
