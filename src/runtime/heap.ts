// A session's linear memory: what is reserved, and what was given back and is used again. First fit in a list of free blocks,
// which join where they touch. Invariant: a reserved block is zero and lies on a multiple of 64 bytes.
import type { Core } from './core.ts'

const ALIGNMENT = 64
const PAGE = 65536

interface Block {
  readonly address: number
  readonly bytes: number
}

export class Heap {
  readonly #memory: WebAssembly.Memory
  /** The end of all that was ever reserved; beyond it memory is new, and zero. */
  #top: number
  /** By address; no two touch. */
  #free: Block[] = []
  readonly #reserved = new Map<number, number>()

  constructor({ memory, heapBase }: Core) {
    this.#memory = memory
    this.#top = roundUp(heapBase)
  }

  /** Bytes that are reserved. */
  get used(): number {
    return [...this.#reserved.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  /**
   * Reserves zeroed bytes for `what`; returns their address.
   * @throws RangeError that says how much was wanted, where memory is at its end
   */
  allocate(wanted: number, what = 'data'): number {
    const bytes = roundUp(Math.max(1, wanted))
    const fit = this.#free.findIndex((block) => block.bytes >= bytes)
    const address = fit >= 0 ? this.#reuse(fit, bytes) : this.#extend(bytes, what)
    this.#reserved.set(address, bytes)
    return address
  }

  /** Gives a block back. */
  free(address: number): void {
    const bytes = this.#reserved.get(address)
    if (bytes === undefined) throw new Error(`no block begins at ${address}`)
    this.#reserved.delete(address)
    const free = [...this.#free, { address, bytes }].sort((a, b) => a.address - b.address)
    this.#free = []
    for (const block of free) {
      const last = this.#free.at(-1)
      if (last && last.address + last.bytes === block.address) {
        this.#free[this.#free.length - 1] = { address: last.address, bytes: last.bytes + block.bytes }
      } else this.#free.push(block)
    }
  }

  #reuse(index: number, bytes: number): number {
    const { address, bytes: room } = this.#free[index]!
    if (room === bytes) this.#free.splice(index, 1)
    else this.#free[index] = { address: address + bytes, bytes: room - bytes }
    new Uint8Array(this.#memory.buffer, address, bytes).fill(0)
    return address
  }

  /** Takes the free block at the end, if there is one, and new memory after it. */
  #extend(bytes: number, what: string): number {
    const last = this.#free.at(-1)
    const joins = last !== undefined && last.address + last.bytes === this.#top
    const address = joins ? last.address : this.#top
    const end = address + bytes
    const missing = Math.ceil((end - this.#memory.buffer.byteLength) / PAGE)
    try {
      if (missing > 0) this.#memory.grow(missing)
    } catch (cause) {
      throw new RangeError(`out of memory: ${(bytes / 1048576).toFixed(1)} MB for ${what}; ` +
        'use a smaller batch size, fewer units or filters (a 32-bit memory ends at 4096 MB)', { cause })
    }
    if (joins) {
      this.#free.pop()
      new Uint8Array(this.#memory.buffer, address, last.bytes).fill(0)
    }
    this.#top = end
    return address
  }
}

const roundUp = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
