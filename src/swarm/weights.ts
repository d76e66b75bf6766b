// The weights that tasks are computed under, by versions: a worker that has one of them is given what changed since.
import { sha256 } from '../formats/sha256.ts'
import { encodeUtf8 } from '../formats/utf8.ts'
import type { Variable } from '../graph/leaves.ts'
import type { Session } from '../runtime/session.ts'

/** Variables, in the order of their names, and the values of all in a row. */
export interface Delta {
  readonly variables: readonly number[]
  readonly values: Float32Array
}

export class Weights {
  /** In the order of their names. */
  readonly variables: readonly Variable[]
  readonly #session: Session
  /** The version at which each changed last. */
  readonly #changed: number[]
  readonly #hashes: (string | undefined)[]
  #version = 0
  #delta: { readonly from: number, readonly delta: Delta } | undefined

  constructor(session: Session, variables: readonly Variable[]) {
    this.variables = [...variables].sort((a, b) => (a.attrs.name < b.attrs.name ? -1 : 1))
    this.#session = session
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
    this.#delta = undefined
    const names = new Set(variables.map((v) => v.attrs.name))
    this.variables.forEach((v, i) => {
      if (!names.has(v.attrs.name)) return
      this.#changed[i] = this.#version
      this.#hashes[i] = undefined
    })
  }

  /** What changed since a version; from version 0, all. */
  since(from: number): Delta {
    if (this.#delta?.from === from) return this.#delta.delta
    const variables = [...this.variables.keys()].filter((i) => !from || this.#changed[i]! > from)
    const values = new Float32Array(variables.reduce((n, i) => n + this.variables[i]!.size, 0))
    let at = 0
    for (const i of variables) {
      const v = this.variables[i]!
      values.set(this.#session.floats(this.#session.addressOf(v), v.size), at)
      at += v.size
    }
    const delta = { variables, values }
    this.#delta = { from, delta }
    return delta
  }

  /** Takes over what changed. */
  write(variables: readonly number[], values: Float32Array): void {
    let at = 0
    for (const i of variables) {
      const v = this.variables[i]!
      this.#session.write(v, values.subarray(at, at + v.size))
      this.#hashes[i] = undefined
      at += v.size
    }
  }

  /** SHA-256 over each variable's own, in the order of names. */
  async digest(): Promise<string> {
    const hashes = await Promise.all(this.variables.map(async (v, i) => {
      const known = this.#hashes[i]
      if (known) return known
      const { buffer, byteOffset, byteLength } = this.#session.floats(this.#session.addressOf(v), v.size)
      const hash = await sha256([new Uint8Array(buffer, byteOffset, byteLength)])
      this.#hashes[i] = hash
      return hash
    }))
    return sha256([encodeUtf8(hashes.join())])
  }
}
