import * as cases from '../../src/verify/cases/structure.ts'
import * as reference from '../reference/structure.ts'
import { build, get } from '../reference/arrays.ts'
import { spec } from './spec.ts'

const exact = { tolerance: 0 }

export const specs = [
  spec(cases.copies, () => (x) => x, exact),
  spec(cases.transposes, ([, perm]) => (x) => reference.transpose(x, perm), exact),
  spec(cases.slices, ([, begin, size]) => (x) => reference.slice(x, begin, size), exact),
  spec(cases.borders, ([, widths, value]) => (x) => reference.pad(x, widths, value), exact),
  spec(cases.joins, ([shapes, axis]) => (...xs) => reference.concat(xs, axis < 0 ? axis + shapes[0]!.length : axis), exact),
  spec(cases.maxima, ([, axes, keepDims]) => (x) => reference.max(x, axes, keepDims), exact),
  spec(cases.oneHots, ([shape, depth]) => (x) =>
    build([...shape, depth], (i) => (get(x, i.slice(0, -1)) === i.at(-1) ? 1 : 0)), exact),
]
