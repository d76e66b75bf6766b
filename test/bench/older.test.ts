// Models of real size, made of the pieces of a commit before `trainingStages`, are the same graphs.
import { expect, it } from 'vitest'
import { olderPieces } from '../../bench/older.ts'
import { realModels } from '../../bench/real_models.ts'
import { compile, type FunctionSpec } from '../../src/compiler/program.ts'
import * as host from '../../src/entries/index.ts'
import type { MinimizeOptions } from '../../src/models/minimize.ts'

/** What `minimize` and `layer` were. */
function olderHost(passes: unknown[]) {
  return {
    ...host,
    minimize(
      optimizer: host.optimizers.Optimizer, loss: host.Tensor, layers: readonly host.Layer[], pass: unknown,
      metrics: MinimizeOptions['metrics'],
    ) {
      passes.push(pass)
      return host.minimize(optimizer, loss, layers, { metrics })
    },
    layers: {
      ...host.layers,
      layer(kind: string, name: string | undefined, build: Parameters<typeof host.layers.layer>[2]) {
        if (name !== undefined && typeof name !== 'string') throw new TypeError('a name was expected')
        return host.layers.layer(kind, name === undefined ? {} : { name }, build)
      },
    },
  }
}

const imagesOf = (model: string) => host.input('images', [1, ...realModels[model]!(host).imageShape])

it.each([['cvae64', 1], ['sngan32', 2]] as const)('%s', (model, stages) => {
  const passes: unknown[] = []
  const pass = new host.layers.Pass(true)
  const definition = realModels[model]!(olderPieces(olderHost(passes), pass))
  const older = definition.train({ images: imagesOf(model) }, pass) as FunctionSpec['stages']
  expect(passes).toEqual(Array.from({ length: stages }, () => pass))
  const now = realModels[model]!(host).train({ images: imagesOf(model) }, new host.layers.Pass(true)) as FunctionSpec['stages']
  const [a, b] = [older, now].map((each) => compile({ group: 'train', stages: each }))
  expect(a!.tape.words).toEqual(b!.tape.words)
  expect(a!.metrics).toEqual(b!.metrics)
})
