// Results that are on their way, in parts. Invariant: memory is reserved for what is expected, never for what a worker says.
import { GanglionError } from '../errors.ts'
import { PART_FLOATS, partsOf } from './protocol.ts'

interface Upload {
  readonly values: Float32Array
  readonly parts: Set<number>
}

export class Uploads {
  readonly #all = new Map<string, Upload>()

  /**
   * Takes a part of a result of `floats` floats; the whole, once all parts are there.
   * @throws GanglionError where the part is none of it
   */
  add(key: string, part: number, values: Float32Array, floats: number): Float32Array | undefined {
    const parts = partsOf(floats)
    const expected = Math.min(PART_FLOATS, floats - part * PART_FLOATS)
    if (part >= parts || values.length !== expected) {
      this.#all.delete(key)
      throw new GanglionError(part >= parts ? `part ${part} of a gradient of ${parts} parts came`
        : `part ${part} of a gradient has ${values.length} floats, expected ${expected}`)
    }
    if (parts === 1) return values
    const upload = this.#all.get(key) ?? { values: new Float32Array(floats), parts: new Set() }
    this.#all.set(key, upload)
    upload.values.set(values, part * PART_FLOATS)
    upload.parts.add(part)
    if (upload.parts.size < parts) return undefined
    this.#all.delete(key)
    return upload.values
  }

  clear(): void {
    this.#all.clear()
  }
  get floats(): number {
    return [...this.#all.values()].reduce((n, { values }) => n + values.length, 0)
  }
}
