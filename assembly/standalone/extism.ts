// The functions of an exported model as an Extism plugin has them (https://extism.org/docs/concepts/pdk): input and output are
// bytes in the host's memory, and a function gives 0 where it went well. Numbers are little-endian.
import { StandaloneGraph, model } from '../lib/standalone/data'
import { apply, choose, compute, makeRoom } from '../lib/standalone/compute'

// @ts-ignore: decorator
@external("extism:host/env", "input_length")
declare function inputLength(): u64
// @ts-ignore: decorator
@external("extism:host/env", "input_load_u8")
declare function inputLoad(at: u64): u32
// @ts-ignore: decorator
@external("extism:host/env", "alloc")
declare function allocate(bytes: u64): u64
// @ts-ignore: decorator
@external("extism:host/env", "store_u8")
declare function storeByte(at: u64, byte: u32): void
// @ts-ignore: decorator
@external("extism:host/env", "store_u64")
declare function storeWord(at: u64, word: u64): void
// @ts-ignore: decorator
@external("extism:host/env", "output_set")
declare function setOutput(at: u64, bytes: u64): void
// @ts-ignore: decorator
@external("extism:host/env", "error_set")
declare function setError(at: u64): void

/** Bytes of what `generate` and `codes` take: the seed, 64 bits, and the count, 32 bits. */
const SEED_AND_COUNT = 12
/** Of what `setClass` takes. */
const CLASS = 4

/** The host's copy of `bytes` bytes. */
function copied(from: usize, bytes: u32): u64 {
  const to = allocate(bytes)
  const words = bytes & ~7
  for (let i: u32 = 0; i < words; i += 8) storeWord(to + i, load<u64>(from + i))
  for (let i = words; i < bytes; i++) storeByte(to + i, load<u8>(from + i))
  return to
}

function give(from: usize, bytes: u32): i32 {
  if (!from) unreachable()
  setOutput(copied(from, bytes), bytes)
  return 0
}

function refuse(sentence: usize, bytes: u32): i32 {
  setError(copied(sentence, bytes))
  return 1
}

/** The input. */
function input(bytes: u32): usize {
  const at = makeRoom(bytes)
  if (!at) unreachable()
  for (let i: u32 = 0; i < bytes; i++) store<u8>(at + i, inputLoad(i))
  return at
}

/** Gives what `last` makes of what `first` draws, where there is a `first`. */
function draw(first: usize, last: usize): i32 {
  const codes = changetype<StandaloneGraph>(model().codes)
  if (inputLength() != SEED_AND_COUNT) return refuse(codes.refusal, codes.refusalBytes)
  const at = input(SEED_AND_COUNT)
  const count = load<u32>(at, 8)
  return give(compute(first, last, 0, count, load<u32>(at), load<u32>(at, 4)), count * changetype<StandaloneGraph>(last).made)
}

/** Gives what a graph makes of the input. */
function map(to: usize): i32 {
  const graph = changetype<StandaloneGraph>(to)
  const bytes = <u32>inputLength()
  if (!bytes || bytes % graph.given) return refuse(graph.refusal, graph.refusalBytes)
  const count = bytes / graph.given
  return give(apply(to, input(bytes), count), count * graph.made)
}

export function extismGenerate(): i32 {
  return draw(model().codes, model().decode)
}

export function extismCodes(): i32 {
  return draw(0, model().codes)
}

export function extismDecode(): i32 {
  return map(model().decode)
}

export function extismEncode(): i32 {
  return map(model().encode)
}

export function extismScore(): i32 {
  return map(model().score)
}

export function extismSetClass(): i32 {
  if (inputLength() != CLASS) return refuse(model().refusal, model().refusalBytes)
  choose(<i32>load<u32>(input(CLASS)))
  return 0
}

export function extismInfo(): i32 {
  return give(model().info, model().infoBytes)
}
