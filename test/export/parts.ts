// Models trained for a moment, what their parts are fed, and what we compute of it ourselves.
import { imageDataset } from '../../src/entries/index.ts'
import { graphOf, type Part } from '../../src/export/part.ts'
import { isInput, isVariable } from '../../src/graph/leaves.ts'
import { sizeOf, type Tensor } from '../../src/graph/tensor.ts'
import { isLeaf, topological } from '../../src/graph/walk.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'

/** Numbers about as a normal distribution has them, the same for a seed. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296)
  return Float32Array.from({ length: count }, () => (next() + next() + next() + next() - 2) * 1.5)
}

/** A model after some steps, so that no statistic is what it began as. */
export async function trained(definition: ModelDefinition): Promise<Model> {
  const model = await Model.create(runtime, definition, { seed: 5 })
  const { imageShape, classes } = definition
  const images = Float32Array.from(numbers(16 * sizeOf(imageShape), 7), (x) => Math.max(-1, Math.min(1, x / 2)))
  const labels = classes === undefined ? undefined : Uint8Array.from({ length: 16 }, (_, i) => i % classes)
  await model.fit(imageDataset({ images, shape: imageShape as [number, number, number], ...(labels && { labels }) }),
    { epochs: 2, batchSize: 8 })
  return model
}

/** Whether a part chooses by what it computes (the nearest vector, say): numbers that are nearly right may choose otherwise. */
export function chooses(model: Model, part: Part): boolean {
  const isOwn = (t: Tensor) => isVariable(t) || (isInput(t) && t.attrs.name !== 'labels')
  return topological([...graphOf(model.definition, part, 2).outputs.values()]).some((node) => {
    const { op } = node
    if (isLeaf(node) || op.calls === 'alias' || !topological([node]).some(isOwn)) return false
    return !op.gradient || op.gradient(node, node).every((slope) => slope === null)
  })
}

/** What a part is fed, by name, and what we compute of it. */
export function oursOf(model: Model, part: Part, rows: number) {
  const graph = graphOf(model.definition, part, rows)
  const fn = model.session.compile({ group: 'ours', stages: [{ outputs: Object.fromEntries(graph.outputs) }] })
  const inputs = new Map([...graph.inputs].map(([name, { shape, size }], i) => {
    const data = name === 'labels' ? Float32Array.from({ length: rows }, (_, row) => row % model.definition.classes!)
      : numbers(size, 11 + i)
    fn.feed(name, data)
    return [name, { shape, data }]
  }))
  fn.run(1)
  const outputs = new Map([...graph.outputs].map(([name, { shape }]) => [name, { shape, data: fn.read(name) }]))
  model.session.release(fn)
  return { inputs, outputs }
}
