// What an exported model knows of itself: src/export/wasm writes it where memory would be free, and functions read it.
import { Address } from '../layout'

/** One graph of the model, which computes `rows` rows at a time. @host */
@unmanaged
export class StandaloneGraph {
  tape: Address
  /** Counters and seed of its group. */
  counters: Address
  /** Where it reads rows, and their labels; 0 where it reads none. */
  x: Address
  labels: Address
  y: Address
  /** Bytes of a row that it reads, and of one that it makes. */
  given: i32
  made: i32
  /** What to say of values that are no whole rows: a sentence. */
  refusal: Address
  refusalBytes: i32
}

/** The model. @host */
@unmanaged
export class StandaloneModel {
  /** What `info` gives: JSON that ends in a zero byte. */
  info: Address
  infoBytes: i32
  /** Rows that its graphs compute at a time. */
  rows: i32
  /** How many classes it has; 0: none. */
  classes: i32
  /** What to say of what is no class: a sentence. */
  refusal: Address
  refusalBytes: i32
  seedLow: i32
  seedHigh: i32
  /** Where memory is free. */
  free: Address
  /** Its graphs; 0 where the part has none. */
  codes: Address
  decode: Address
  encode: Address
  score: Address
  /** Weights that are to be widened, a list that ends in one whose `to` is 0. */
  packed: Address
}

/** Weights that the file holds in fewer bits. They lie at the end of the place where they are wanted. @host */
@unmanaged
export class PackedWeights {
  to: Address
  n: i32
  /** Of bytes, the scale of each channel; 0: they are half floats. */
  scales: Address
  channels: i32
  /** How many neighbours are of one channel. */
  inner: i32
}

// @ts-ignore: decorator
@inline
export function model(): StandaloneModel {
  return changetype<StandaloneModel>(__heap_base)
}
