// Models whose images and depth grow, at the sizes that people bring: for bench/real.ts.
import type * as host from '../src/entries/index.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { defineFor } from '../src/models/kinds.ts'

export const SIDES = [32, 64, 128, 256]
export const SIZED = ['conv-vae', 'dcgan'] as const
/** A batch of 256 × 256 pixels is some hundred megabytes. */
export const SIDE_BATCH = 4

export const sized = (kind: (typeof SIZED)[number], side: number): ModelDefinition => defineFor([side, side, 3], kind)

export const DEPTHS = [1, 2, 4, 8, 16, 32]
export const DEPTH_BATCH = 4
const [SIDE, CHANNELS] = [32, 64]

/** x + its residual block, `depth` times, between a convolution from the image and one back: what it learns is the image. */
export function deep({ layers, losses, minimize, ops, optimizers, scoped }: typeof host, depth: number): ModelDefinition {
  const { activation, batchNormalization, conv2d, sequential } = layers
  const conv = (filters: number, name?: string) => conv2d({ filters, kernelSize: 3, padding: 'same', ...(name && { name }) })
  const block = (i: number) => sequential(`block_${i}`,
    [conv(CHANNELS), batchNormalization(), activation('relu'), conv(CHANNELS), batchNormalization()])
  const blocks = Array.from({ length: depth }, (_, i) => block(i))
  const [first, last] = [conv(CHANNELS, 'first'), conv(3, 'last')]
  const apply = (x: host.Tensor, pass: host.Pass) => scoped('residual', () =>
    last.apply(blocks.reduce((y, each) => ops.relu(ops.add(y, each.apply(y, pass))), first.apply(x, pass)), pass))
  const optimizer = optimizers.adam()
  return {
    kind: `residual-${depth}`, options: {}, imageShape: [SIDE, SIDE, 3], codeShape: [SIDE, SIDE, 3], optimizers: [optimizer],
    train({ images }, pass) {
      const loss = losses.meanSquaredError(images, apply(images, pass))
      return [minimize(optimizer, loss, [first, ...blocks, last])]
    },
    decode: apply,
  }
}
