// Commits before `trainingStages`: their `minimize` took the pass and all metrics, their `layer` a name in place of options. What
// is here makes today's models of their pieces.
import type { FunctionSpec } from '../src/compiler/program.ts'
import type * as host from '../src/entries/index.ts'
import type { Pieces } from './real_models.ts'

type Layers = typeof host.layers
type Minimize = (
  optimizer: host.optimizers.Optimizer, loss: host.Tensor, layers: readonly host.Layer[], pass: host.layers.Pass,
  metrics: Readonly<Record<string, host.Tensor>>,
) => FunctionSpec['stages'][number]
type Layer = (kind: string, name: string | undefined, build: Parameters<Layers['layer']>[2]) => host.Layer

interface Older {
  readonly minimize: Minimize
  readonly layers: { readonly layer: Layer }
}

/** The pieces of such a commit, called as today's are. @param pass what their `minimize` is given */
export function olderPieces(from: object, pass: host.layers.Pass): Pieces {
  const pieces = from as Pieces
  const { minimize, layers: { layer } } = from as Older
  return {
    ...pieces,
    layers: { ...pieces.layers, layer: (kind, { name }, build) => layer(kind, name, build) },
    minimize: ((optimizer, loss, layers, { metrics = { loss } } = {}) => (
      minimize(optimizer, loss, layers, pass, metrics))) as Pieces['minimize'],
  }
}
