// The plane that a latent map shows: the two directions in which codes differ most, and the way back from it to codes.
import { expect, test } from 'vitest'
import { mapped, middleOf } from '../src/state/mapped.ts'
import { between, codeAt, placesOf, planeOf } from '../src/state/plane.ts'

const SIZE = 5
/** Spreads along three directions at right angles to each other, the third the least, about a mean. */
const [MEAN, SPREADS] = [[1, -2, 0.5, 3, 0], [4, 2, 0.1]] as const
const half = Math.SQRT1_2
const DIRECTIONS = [[half, half, 0, 0, 0], [0, 0, half, -half, 0], [0, 0, 0, 0, 1]] as const

/** On each direction as many codes to one side as to the other. */
function codes(): Float32Array {
  const all: number[] = []
  for (let i = 0; i < 100; i++) {
    const along = SPREADS.map((spread, k) => spread * Math.sin(i * (k + 1) * 2 * Math.PI / 100))
    for (let n = 0; n < SIZE; n++) all.push(MEAN[n]! + DIRECTIONS.reduce((sum, way, k) => sum + along[k]! * way[n]!, 0))
  }
  return Float32Array.from(all)
}
const near = (a: ArrayLike<number>, b: ArrayLike<number>) => (
  Array.from(a).forEach((x, i) => expect(Math.abs(x - b[i]!)).toBeLessThan(1e-3)))

test('its axes are the directions of the most and of the second spread, and it begins at the mean', () => {
  const { mean, axes } = planeOf(codes(), SIZE)
  near(mean, MEAN)
  for (const [k, axis] of axes.entries()) {
    const sign = Math.sign(axis.reduce((sum, x, n) => sum + x * DIRECTIONS[k]![n]!, 0))
    near(axis, DIRECTIONS[k]!.map((x) => sign * x))
  }
})

test('a code of the plane is at its place, and its place is of that code; two numbers lose nothing', () => {
  const plane = planeOf(codes(), SIZE)
  const code = codeAt(plane, 1.5, -0.25)
  near(placesOf(code, plane), [1.5, -0.25])
  const flat = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i))
  const two = planeOf(flat, 2)
  const [x, y] = placesOf(flat.subarray(8, 10), two)
  near(codeAt(two, x!, y!), flat.subarray(8, 10))
})

test('a map that is drawn anew keeps its axes\' signs; the middle of a class is the mean of its codes', () => {
  const labels = Array.from({ length: 100 }, (_, i) => i % 2)
  const first = mapped({ codes: codes(), labels, classNames: ['a', 'b'] }, SIZE, null)
  const moved = codes().map((x) => 1.01 * x)
  const next = mapped({ codes: moved, labels, classNames: ['a', 'b'] }, SIZE, first)
  for (const k of [0, 1] as const) near(next.plane.axes[k], first.plane.axes[k])
  const own = Array.from({ length: SIZE }, (_, n) => (
    [...first.codes].filter((_, i) => i % SIZE === n && labels[Math.floor(i / SIZE)] === 1).reduce((a, b) => a + b, 0) / 50))
  near(middleOf(first, 1), own)
})

test('a walk has both ends, and equal steps', () => {
  const walk = between(Float32Array.of(0, 1), Float32Array.of(1, -1), 5)
  near(walk, [0, 1, 0.25, 0.5, 0.5, 0, 0.75, -0.5, 1, -1])
})
