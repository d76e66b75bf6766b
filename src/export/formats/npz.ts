// NPZ: NumPy's arrays in one file, `numpy.load` opens it. The weights of the part by their names; of a generator also `codes` and
// `samples`, what `sample` draws, with their `labels` where the model has classes.
import { count, option, optional, seed } from '../../options.ts'
import type { NpyArray } from '../../formats/npy.ts'
import { defineFormat } from '../format.ts'
import type { Source } from '../source.ts'

export const npz = defineFormat({
  name: 'npz',
  summary: "NumPy's arrays: weights, and of a generator codes and samples",
  suffix: '.npz',
  options: {
    count: option(count, 64, 'how many samples of a generator'),
    seed: option(optional(seed), undefined, "what a generator's samples are drawn from; the run's seed by default"),
  },
  async write(source, { count, seed }) {
    const { part, weights, graph } = source
    const arrays = new Map<string, NpyArray>(weights(graph(2).variables))
    if (part === 'generator') for (const [name, array] of drawn(source, count, seed)) arrays.set(name, array)
    // eslint-disable-next-line no-restricted-syntax -- what a format takes is loaded when it is asked for; a page may catch that
    const { encodeNpz } = await import('../../formats/npz.ts')
    return new Map([[`${part}.npz`, encodeNpz(arrays) as Uint8Array<ArrayBuffer>]])
  },
})

/** What `sample` draws, and from which codes. */
function drawn({ model, facts }: Source, count: number, seed?: number): Map<string, NpyArray> {
  const { codeShape, imageShape, classes } = facts
  const options = { seed }
  const arrays = new Map<string, NpyArray>([
    ['codes', { shape: [count, ...codeShape], data: model.drawCodes(count, options) }],
    ['samples', { shape: [count, ...imageShape], data: model.sample(count, options) }],
  ])
  const labels = (of: number) => Uint32Array.from({ length: count }, (_, i) => i % of)
  if (classes !== undefined) arrays.set('labels', { shape: [count], data: labels(classes) })
  return arrays
}
