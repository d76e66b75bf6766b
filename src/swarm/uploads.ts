// Results that are on their way, in parts. Invariant: memory is reserved for what is expected, never for what a worker says.
import { GanglionError } from '../errors.ts'
import { PART_BYTES, partsOf } from './protocol.ts'

interface Upload {
  readonly bytes: Uint8Array
  readonly parts: Set<number>
}

export class Uploads {
  readonly #all = new Map<string, Upload>()

  /**
   * Takes a part of a result of `length` bytes; the whole, once all parts are there.
   * @throws GanglionError where the part is none of it
   */
  add(key: string, part: number, bytes: Uint8Array, length: number): Uint8Array | undefined {
    const parts = partsOf(length)
    const expected = Math.min(PART_BYTES, length - part * PART_BYTES)
    if (part >= parts || bytes.length !== expected) {
      this.#all.delete(key)
      throw new GanglionError(part >= parts ? `part ${part} of a gradient of ${parts} parts came`
        : `part ${part} of a gradient has ${bytes.length} bytes, expected ${expected}`)
    }
    // A copy, which is the receiver's: sums are made in it, and who sent it may send it again.
    if (parts === 1) return new Uint8Array(bytes)
    const upload = this.#all.get(key) ?? { bytes: new Uint8Array(length), parts: new Set() }
    this.#all.set(key, upload)
    upload.bytes.set(bytes, part * PART_BYTES)
    upload.parts.add(part)
    if (upload.parts.size < parts) return undefined
    this.#all.delete(key)
    return upload.bytes
  }

  clear(): void {
    this.#all.clear()
  }
  get bytes(): number {
    return [...this.#all.values()].reduce((n, { bytes }) => n + bytes.length, 0)
  }
}
