import * as cases from '../../src/verify/cases/gathering.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import * as reference from '../reference/structure.ts'
import { spec } from './spec.ts'

const exact = { tolerance: 0 }
const from = (axis: number, { shape }: Array64): number => (axis < 0 ? axis + shape.length : axis)

/** The first index along an axis whose value no other beats. */
const place = (axis: number, beats: (a: number, b: number) => boolean) => (x: Array64): Array64 => {
  const at = from(axis, x)
  return build(x.shape.filter((_, i) => i !== at), (index) => {
    let best = 0
    const value = (j: number) => get(x, [...index.slice(0, at), j, ...index.slice(at)])
    for (let j = 1; j < x.shape[at]!; j++) if (beats(value(j), value(best))) best = j
    return best
  })
}

export const specs = [
  spec(cases.largest, ([, axis]) => place(axis, (a, b) => a > b), exact),
  spec(cases.smallest, ([, axis]) => place(axis, (a, b) => a < b), exact),
  spec(cases.gathers, ([, , axis]) => (x, indices) => {
    const at = from(axis, x)
    const [before, after] = [x.shape.slice(0, at), x.shape.slice(at + 1)]
    return build([...before, ...indices.shape, ...after], (index) => {
      const j = get(indices, index.slice(at, at + indices.shape.length))
      if (j < 0 || j >= x.shape[at]!) return 0
      return get(x, [...index.slice(0, at), j, ...index.slice(at + indices.shape.length)])
    })
  }, exact),
  spec(cases.reverses, ([shape, axes]) => (x) =>
    build(shape, (index) => get(x, index.map((j, i) => (axes.includes(i) ? shape[i]! - 1 - j : j)))), exact),
  spec(cases.rolls, ([shape, shift, axis]) => (x) => build(shape, (index) => {
    const n = shape[from(axis, x)]!
    return get(x, index.map((j, i) => (i === from(axis, x) ? (((j - shift) % n) + n) % n : j)))
  }), exact),
  spec(cases.tiles, ([shape, repeats]) => (x) =>
    build(shape.map((d, i) => d * repeats[i]!), (index) => get(x, index.map((j, i) => j % shape[i]!))), exact),
  spec(cases.splits, ([, sizes, axis]) => (x) => {
    const at = from(axis, x)
    let begin = 0
    const pieces = sizes.map((size) => {
      const block = x.shape.map((d, i) => (i === at ? size : d))
      const piece = reference.slice(x, x.shape.map((_, i) => (i === at ? begin : 0)), block)
      begin += size
      return piece
    })
    return reference.concat(pieces.reverse(), at)
  }, exact),
  spec(cases.stacks, ([shape, count, axis]) => (...xs) => {
    const at = axis < 0 ? axis + shape.length + 1 : axis
    return build([...shape.slice(0, at), count, ...shape.slice(at)], (index) =>
      get(xs[index[at]!]!, index.filter((_, i) => i !== at)))
  }, exact),
]
