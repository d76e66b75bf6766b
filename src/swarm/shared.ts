// Memory that a coordinator shares with workers of its process: weights are copied once into it and once out of it, and results
// are added up where the worker wrote them. Invariant: weights count only where they were of one version all the while that they
// were copied; a place for a result is not written before the result that lies there was answered.
import type { Weights } from './weights.ts'

/** What a worker is given of it, in another thread too. */
export interface SharedMemory {
  /** The version of the weights in a word, 0 while they are written; at FIRST the weights, in the order of their names. */
  readonly weights: SharedArrayBuffer
  /** Places for results, which the worker fills in turns. */
  readonly results: SharedArrayBuffer
}

/** Bytes before the weights. */
const FIRST = 64
/** One is filled while the other is added up. */
export const PLACES = 2

/** The coordinator's side: the weights of the version that is trained on. */
export class SharedWeights {
  readonly buffer: SharedArrayBuffer
  readonly #weights: Weights
  #version = 0

  constructor(weights: Weights) {
    this.#weights = weights
    this.buffer = new SharedArrayBuffer(FIRST + 4 * weights.floats)
  }

  /** Writes what changed since it was last written. */
  publish(): void {
    const version = new Int32Array(this.buffer, 0, 1)
    Atomics.store(version, 0, 0)
    this.#weights.copyTo(new Float32Array(this.buffer, FIRST), this.#weights.changedSince(this.#version))
    this.#version = this.#weights.version
    Atomics.store(version, 0, this.#version)
  }
}

/** The worker's side: takes over some variables of a version; false where the weights are of another meanwhile. */
export function takeShared(buffer: SharedArrayBuffer, version: number, weights: Weights, variables: readonly number[]): boolean {
  const current = new Int32Array(buffer, 0, 1)
  if (Atomics.load(current, 0) !== version) return false
  weights.copyFrom(new Float32Array(buffer, FIRST), variables)
  return Atomics.load(current, 0) === version
}

/** A place for a result of `floats` numbers. */
export const placeOf = (results: SharedArrayBuffer, place: number, floats: number): Float32Array =>
  new Float32Array(results, (place * results.byteLength) / PLACES, floats)

/** Places for results of `floats` numbers at most. */
export const newPlaces = (floats: number): SharedArrayBuffer => new SharedArrayBuffer(PLACES * 4 * floats)
