// Random draws, initialisers and shuffled batches: several seeds, streams, steps and offsets.
import type { Initializer } from '../../graph/leaves.ts'
import type { Shape, Tensor } from '../../graph/tensor.ts'
import * as initializers from '../../nn/initializers.ts'
import { batch, dataset } from '../../ops/batch.ts'
import { bernoulli, dropout, randomNormal, randomUniform, type Stream, truncatedNormal } from '../../ops/random.ts'
import { fill, ones } from '../../ops/fill.ts'
import { step } from '../../ops/step.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { generator } from '../draw.ts'
import { type Run, runOf, type TapeRecipe } from '../recipe.ts'

/** The last has a high word. */
const SEEDS = [1, 2, 4294967299]
/** A function's values depend on its step; the digest is of the last. */
const STEPS = 3

const DRAWS: Readonly<Record<string, (shape: Shape, stream: Stream) => Tensor>> = {
  uniform: (shape, stream) => randomUniform(shape, stream, { minval: -3, maxval: 5 }),
  normal: (shape, stream) => randomNormal(shape, stream, { mean: 0.5, stddev: 2 }),
  truncated: (shape, stream) => truncatedNormal(shape, stream, { mean: -1, stddev: 0.02 }),
  bernoulli: (shape, stream) => bernoulli(shape, stream, 0.3, { value: 2 }),
  dropout: (shape, stream) => dropout(ones(shape), 0.25, stream),
}
const INITIALIZERS: readonly Initializer[] = [
  initializers.glorotUniform(), initializers.glorotNormal(), initializers.heUniform(), initializers.heNormal(),
  initializers.varianceScaling({ mode: 'fanOut', distribution: 'untruncatedNormal' }), (shape) => fill(shape, 0.1),
]

const draws = Object.entries(DRAWS).flatMap(([name, draw]) => SEEDS.map((seed): TapeRecipe => ({
  name: `random/${name}/${seed}`,
  prepare: (runtime) => prepare(runtime, seed, { a: draw([10_007], 'a'), b: draw([3, 5, 17], 'b'), c: draw([1], 'stream c') }),
})))
const initial = SEEDS.map((seed): TapeRecipe => ({
  name: `random/initializers/${seed}`,
  prepare: (runtime) => prepare(runtime, seed, Object.fromEntries(INITIALIZERS.flatMap((make, i) => (
    [[`dense${i}`, make([37, 19], `dense${i}`)], [`conv${i}`, make([3, 3, 5, 7], `conv${i}`)]]
  )))),
}))

/** 23 samples in batches of 5, for two epochs and a half: each has an order of its own. */
const batches = ['bytes', 'floats'].map((name): TapeRecipe => ({
  name: `random/batches/${name}`,
  prepare(runtime) {
    const uniform = generator(4)
    const bytes = Uint8Array.from({ length: 23 * 11 }, () => Math.floor(uniform() * 256))
    const data = dataset(name === 'bytes' ? bytes : Float32Array.from(bytes, (x) => x / 7), [23, 11])
    return prepare(runtime, 1, { x: batch(data, 5, { dropRemainder: true, scale: 0.25, offset: -1 }) }, 10)
  },
}))

/** Rows of larger batches, at elements that no block of four begins with; how many steps are done. */
const rows: TapeRecipe = {
  name: 'random/rows',
  prepare(runtime) {
    const data = dataset(Float32Array.from({ length: 23 * 11 }, (_, i) => i), [23, 11])
    const parts = Object.entries(DRAWS).flatMap(([name, draw]) => [[1, 2], [3, 5]].map(([first, rows]) => (
      [`${name} ${first}`, draw([rows!, 37], { name, first: first!, rows: rows! })] as const
    )))
    return prepare(runtime, 1, { ...Object.fromEntries(parts), x: batch(data, 4, { first: 3 }), step: step() }, 10)
  },
}

export const random: readonly TapeRecipe[] = [...draws, ...initial, ...batches, rows]

async function prepare(runtime: Runtime, seed: number, outputs: Record<string, Tensor>, steps = STEPS): Promise<Run> {
  const session = await runtime.session(seed)
  return runOf(session, session.compile({ group: 'verify', stages: [{ outputs }] }), steps)
}
