// Scratch memory as an op's calls hand it out while they are made: one piece after another.
import type { KernelCall } from '../../graph/kernel_call.ts'
import type { Places } from '../../graph/tensor.ts'

/** Kernel calls, and the bytes of scratch that they take. */
export interface Lowered {
  readonly calls: readonly KernelCall[]
  readonly bytes: number
}

export class Scratch {
  readonly #start: number
  #end: number
  #most: number

  constructor({ scratch }: Places) {
    this.#start = scratch
    this.#end = scratch
    this.#most = scratch
  }

  /** The address of so many bytes, a multiple of 64. */
  bytes(count: number): number {
    const at = this.#end
    this.#end += Math.ceil(count / 64) * 64
    this.#most = Math.max(this.#most, this.#end)
    return at
  }

  /** Gives back all from an address on: what is handed out next is written after a barrier. */
  release(from: number): void {
    this.#end = from
  }

  floats(count: number): number {
    return this.bytes(count * 4)
  }

  get used(): number {
    return this.#most - this.#start
  }
}
