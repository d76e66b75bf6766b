// The weights that tasks are computed under, by versions: a worker that has one of them is given what changed since.
import { sha256 } from '../formats/sha256.ts'
import { encodeUtf8 } from '../formats/utf8.ts'
import type { Variable } from '../graph/leaves.ts'
import type { Session } from '../runtime/session.ts'

export class Weights {
  /** In the order of their names. */
  readonly variables: readonly Variable[]
  /** How many numbers they are. */
  readonly floats: number
  readonly #session: Session
  /** How many numbers come before each. */
  readonly #starts: readonly number[]
  /** The version at which each changed last. */
  readonly #changed: number[]
  readonly #hashes: (string | undefined)[]
  #version = 0

  constructor(session: Session, variables: readonly Variable[]) {
    this.variables = [...variables].sort((a, b) => (a.attrs.name < b.attrs.name ? -1 : 1))
    this.#session = session
    let floats = 0
    this.#starts = this.variables.map(({ size }) => (floats += size) - size)
    this.floats = floats
    this.#changed = this.variables.map(() => 0)
    this.#hashes = this.variables.map(() => undefined)
  }

  /** From 1 on, once something is known to have changed. */
  get version(): number {
    return this.#version
  }

  /** The next version, in which some variables are others than before; all, where it is not said which. */
  change(variables: readonly Variable[] = this.variables): void {
    this.#version++
    const names = new Set(variables.map((v) => v.attrs.name))
    this.variables.forEach((v, i) => {
      if (!names.has(v.attrs.name)) return
      this.#changed[i] = this.#version
      this.#hashes[i] = undefined
    })
  }

  /** The numbers of the variables that changed since a version; from version 0, of all. */
  changedSince(from: number): number[] {
    return [...this.variables.keys()].filter((i) => !from || this.#changed[i]! > from)
  }
  /** How many bytes the values of some variables take. */
  bytesOf(variables: readonly number[]): number {
    return variables.reduce((n, i) => n + 4 * this.variables[i]!.size, 0)
  }

  /** Copies a part of the values of some variables, in a row: `part.length` bytes from `start` on. */
  read(variables: readonly number[], start: number, part: Uint8Array): void {
    this.#walk(variables, start, part, (i) => this.#values(i), (values, bytes) => bytes.set(values))
  }
  /** Takes over such a part. */
  write(variables: readonly number[], start: number, part: Uint8Array): void {
    this.#walk(variables, start, part, (i) => this.#changing(i), (values, bytes) => values.set(bytes))
  }
  #walk(
    variables: readonly number[], start: number, part: Uint8Array, valuesOf: (i: number) => Float32Array,
    copy: (values: Uint8Array, bytes: Uint8Array) => void,
  ): void {
    let at = 0
    for (const i of variables) {
      const size = 4 * this.variables[i]!.size
      const [from, to] = [Math.max(at, start), Math.min(at + size, start + part.length)]
      if (from < to) {
        const { buffer, byteOffset } = valuesOf(i)
        copy(new Uint8Array(buffer, byteOffset + from - at, to - from), part.subarray(from - start, to - start))
      }
      at += size
    }
  }
  #values(i: number): Float32Array {
    const v = this.variables[i]!
    return this.#session.floats(this.#session.addressOf(v), v.size)
  }
  /** Values that are to be written. */
  #changing(i: number): Float32Array {
    this.#hashes[i] = undefined
    return this.#session.values(this.variables[i]!)
  }

  /** Copies some variables to their places in an array that has room for all. */
  copyTo(all: Float32Array, variables: readonly number[]): void {
    for (const i of variables) all.set(this.#values(i), this.#starts[i])
  }
  /** Takes over some variables from such an array. */
  copyFrom(all: Float32Array, variables: readonly number[]): void {
    for (const i of variables) {
      const values = this.#changing(i)
      values.set(all.subarray(this.#starts[i], this.#starts[i]! + values.length))
    }
  }

  /** SHA-256 over each variable's own, in the order of names. */
  async digest(): Promise<string> {
    const hashes = await Promise.all(this.variables.map(async (_, i) => {
      const known = this.#hashes[i]
      if (known) return known
      const { buffer, byteOffset, byteLength } = this.#values(i)
      const hash = await sha256([new Uint8Array(buffer, byteOffset, byteLength)])
      this.#hashes[i] = hash
      return hash
    }))
    return sha256([encodeUtf8(hashes.join())])
  }
}
