// A prior over the choices of a code's places, one after another in reading order: a small gated PixelCNN (van den Oord et al.
// 2016, arXiv:1601.06759 and arXiv:1606.05328), whose masked 3 × 3 convolutions are dense layers on the places before.
// Where codes have classes, each place is told its code's, as in the second of these papers.
// Invariant: training sees all places at once, drawing one at a time, both by `logits`.
import { constant } from '../graph/leaves.ts'
import { scoped, type Tensor } from '../graph/tensor.ts'
import type { Layer, Pass } from '../nn/layer.ts'
import { dense } from '../nn/layers.ts'
import { softmaxCrossEntropy } from '../nn/losses_categorical.ts'
import { relu } from '../ops/activation.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { equal, less, lessEqual, minimum } from '../ops/compare.ts'
import { concat } from '../ops/concat.ts'
import { zeros } from '../ops/fill.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { pad, slice } from '../ops/slice.ts'
import { softmax } from '../ops/softmax.ts'
import { classWeights } from './conditional.ts'

/** What a masked convolution sees, [rows, columns] away: what lies before (type A), and the place itself where `own` (type B). */
const taps = (own: boolean): readonly [number, number][] =>
  ([[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 0]] as const).slice(0, own ? 5 : 4) as [number, number][]

/** Where there are `classes`, all take the labels of codes, [n], or weights of classes, [n, classes]. */
export interface CodePrior {
  readonly layers: readonly Layer[]
  /** −ln p of each choice, given those before it in its code: [places], of one-hot choices [places, vectors]. */
  nll(choices: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Choices of codes' places, [n, vectors] each, by numbers [n, places] from 0 to 1: place k is the one whose share has u. */
  draw(uniform: Tensor, pass: Pass, labels?: Tensor): Tensor[]
}

export interface PriorSizes {
  readonly vectors: number
  /** Channels. */
  readonly units: number
  readonly blocks: number
  /** Of the code. */
  readonly height: number
  readonly width: number
  /** Of codes; 0 for none. */
  readonly classes?: number
}

export function codePrior({ vectors, units, blocks, height, width, classes = 0 }: PriorSizes): CodePrior {
  const places = height * width
  const part = (name: string, more: { activation?: 'tanh' | 'sigmoid', useBias?: boolean, units?: number } = {}) =>
    dense({ units, name, ...more })
  const [embedding, position] = [part('embedding', { useBias: false }), part('position', { useBias: false })]
  const [before, hidden, out] = [part('before'), part('hidden'), part('logits', { units: vectors })]
  const label = part('label', { useBias: false })
  const gated = Array.from({ length: blocks }, (_, b) => ({
    value: part(`value_${b}`, { activation: 'tanh' }), gate: part(`gate_${b}`, { activation: 'sigmoid' }), mix: part(`mix_${b}`),
  }))
  /** A vector for each place: [places, units]. */
  const positions = (pass: Pass) => position.apply(
    constant(Float32Array.from({ length: places * places }, (_, i) => Number(i % (places + 1) === 0)), [places, places]), pass)
  /** A vector for each code: [n, units]. */
  const told = (labels: Tensor | undefined, pass: Pass) =>
    (classes ? label.apply(classWeights(labels!, classes), pass) : undefined)

  /**
   * Logits of choices.
   * @param start what the first layer makes of the places before, with the position and the class
   * @param near what block b sees of its input
   */
  function logits(start: Tensor, near: (h: Tensor, b: number) => Tensor, pass: Pass): Tensor {
    const h = gated.reduce((x, { value, gate, mix }, b) => {
      const seen = near(x, b)
      return add(x, mix.apply(mul(value.apply(seen, pass), gate.apply(seen, pass)), pass))
    }, start)
    return out.apply(relu(hidden.apply(relu(h), pass)), pass)
  }

  return {
    layers: [
      embedding, position, ...(classes ? [label] : []), before, ...gated.flatMap((block) => Object.values(block)), hidden, out,
    ],
    nll: (choices, pass, labels) => scoped('prior', () => {
      const n = choices.shape[0]! / places
      const near = (x: Tensor, own: boolean): Tensor => {
        const grid = pad(reshape(x, [n, height, width, units]), [[0, 0], [1, 0], [1, 1], [0, 0]])
        const shifted = taps(own).map(([i, j]) => slice(grid, [0, 1 + i, 1 + j, 0], [n, height, width, units]))
        return reshape(concat(shifted, 3), [n * places, -1])
      }
      const first = before.apply(near(embedding.apply(choices, pass), false), pass)
      const placed = add(reshape(first, [n, places, units]), positions(pass))
      const each = told(labels, pass)
      const start = reshape(each ? add(placed, reshape(each, [n, 1, units])) : placed, [n * places, units])
      return softmaxCrossEntropy(choices, logits(start, (h) => near(h, true), pass))
    }),
    draw: (uniform, pass, labels) => scoped('prior', () => {
      const n = uniform.shape[0]!
      const numbers = constant(Float32Array.from({ length: vectors }, (_, i) => i), [vectors])
      const upTo = lessEqual(reshape(numbers, [vectors, 1]), numbers)
      const outside = zeros([n, units])
      const [at, each] = [positions(pass), told(labels, pass)]
      // What masked layer l sees of the places so far: the first of what was chosen, each block of its input.
      const inputs: Tensor[][] = [[], ...gated.map(() => [])]
      const choices: Tensor[] = []
      for (let k = 0; k < places; k++) {
        const [row, column] = [Math.floor(k / width), k % width]
        const near = (l: number, own: boolean): Tensor => concat(taps(own).map(([i, j]) => {
          const inside = row + i >= 0 && column + j >= 0 && column + j < width
          return inside ? inputs[l]![k + i * width + j]! : outside
        }), 1)
        const placed = add(before.apply(near(0, false), pass), slice(at, [k, 0], [1, units]))
        const start = each ? add(placed, each) : placed
        const all = logits(start, (h, b) => {
          inputs[b + 1]!.push(h)
          return near(b + 1, true)
        }, pass)
        const shares = matmul(softmax(all), upTo)
        const below = sum(less(shares, slice(uniform, [0, k], [n, 1])), 1, { keepDims: true })
        const choice = equal(minimum(below, vectors - 1), numbers)
        choices.push(choice)
        inputs[0]!.push(embedding.apply(choice, pass))
      }
      return choices
    }),
  }
}
