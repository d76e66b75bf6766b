// Where the words of a tape point, before memory is known: an address is a region and an offset in it. Ops compute with
// addresses as with any numbers, so one of them is written as a number that no argument is: region · 2^33 + offset.
// Loading a program gives each region its place (src/runtime/function.ts).
import type { Tensor } from '../graph/tensor.ts'

/** A piece of memory whose place is decided when a program is loaded. */
export type Region =
  /** Where a tape says that a run should stop, and the words of the barrier (assembly/threads.ts). */
  | { readonly kind: 'control' }
  /** The tape itself, and its words from `tape.tables` on: arguments and records, which many calls may point to. */
  | { readonly kind: 'tape' }
  | { readonly kind: 'tables' }
  /** The step's temporaries: `plan.peakBytes`. */
  | { readonly kind: 'arena' }
  /** The counters and the seed of the function's group. */
  | { readonly kind: 'group' }
  /** A metric's sum and count, two f64. */
  | { readonly kind: 'metric'; readonly name: string }
  /** A variable, an input, a constant or a dataset. */
  | { readonly kind: 'leaf'; readonly leaf: Tensor }

/** 2^33 */
const STRIDE = 0x2_0000_0000
/** Arguments of kernels are below: 32 bits. */
const LEAST_ADDRESS = 0x1_0000_0000

export const isAddress = (word: number): boolean => word >= LEAST_ADDRESS
export const regionOf = (address: number): number => Math.round(address / STRIDE) - 1
export const offsetOf = (address: number): number => address - (regionOf(address) + 1) * STRIDE

/** The regions of one program, in the order in which they were first named. */
export class Regions {
  readonly list: Region[] = []
  readonly #leaves = new Map<Tensor, number>()

  /** The address where a new region begins. */
  add(region: Region): number {
    return this.list.push(region) * STRIDE
  }

  /** The address of a leaf. */
  leaf(leaf: Tensor): number {
    const known = this.#leaves.get(leaf)
    if (known !== undefined) return known
    const address = this.add({ kind: 'leaf', leaf })
    this.#leaves.set(leaf, address)
    return address
  }
}
