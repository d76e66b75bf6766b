// What a discriminator of points makes of the plane: its scores at places of a grid, and, at the points that the generator makes,
// how its score rises, which is where the generator's next step moves them. It updates nothing.
import { type CompiledFunction, gradients, input, ops } from 'ganglion'
import type { Opened } from './graph.ts'

/** Places along an edge of the plane, which is from -1 to 1. */
export const CELLS = 32
/** Points that the generator makes. */
export const MADE = 256

export interface Field {
  /** A score for each place, row by row from above. */
  readonly scores: Float32Array
  /** x, y of each point, its score, and the slope of its score along x and y. */
  readonly made: Float32Array
  readonly judged: Float32Array
  readonly slopes: Float32Array
}

const along = (i: number) => (2 * i + 1) / CELLS - 1
const PLACES = Float32Array.from({ length: 2 * CELLS * CELLS }, (_, k) => {
  const cell = k >> 1
  return k % 2 ? -along(Math.floor(cell / CELLS)) : along(cell % CELLS)
})

export class FieldProbe {
  readonly #opened: Opened
  readonly #fn: CompiledFunction

  constructor(opened: Opened) {
    const { definition: { imageShape, classes, discriminate }, model, pass } = opened
    const judge = (name: string, rows: number) => {
      const points = input(name, [rows, ...imageShape])
      return [points, discriminate!(points, pass, classes ? input(`classes of ${name}`, [rows]) : undefined)] as const
    }
    const [, scores] = judge('places', CELLS * CELLS)
    const [made, judged] = judge('made', MADE)
    this.#opened = opened
    this.#fn = model.session.compile({
      group: 'field', stages: [{ outputs: { scores, judged, slopes: gradients(ops.sum(judged), [made])[0]! } }],
    })
  }

  /** @param seed of the noise that points are made of */
  run(seed: number): Field {
    const { definition: { classes = 1 }, model } = this.#opened
    const fn = this.#fn
    const made = model.sample(MADE, { seed })
    const values: Readonly<Record<string, ArrayLike<number>>> = {
      'places': PLACES, made, 'classes of places': new Float32Array(CELLS * CELLS),
      'classes of made': Float32Array.from({ length: MADE }, (_, i) => i % classes),
    }
    for (const name of fn.inputNames) fn.feed(name, values[name]!)
    fn.run(1)
    return { scores: fn.read('scores'), made, judged: fn.read('judged'), slopes: fn.read('slopes') }
  }
}
