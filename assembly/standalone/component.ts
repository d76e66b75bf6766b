// The functions of an exported model as a WebAssembly component has them, by the canonical ABI of lists and results
// (https://github.com/WebAssembly/component-model, CanonicalABI.md): a list is an address and a length, which lie at the address
// that a function gives. docs/embedding.md has the world in WIT.
import { StandaloneGraph, model } from '../lib/standalone/data'
import { apply, compute, makeRoom } from '../lib/standalone/compute'

/** What the last call gave: of a result the tag, 0 for a value and 1 for an error; the address; the length. */
const RETURNED = memory.data(12, 4)

function listOf(at: usize, from: usize, length: u32): usize {
  store<usize>(at, from)
  store<u32>(at, length, 4)
  return at
}

/** The rows that a graph makes of a list; an error where they are no whole rows. */
function applied(to: usize, from: usize, length: u32): usize {
  const graph = changetype<StandaloneGraph>(to)
  const size = <u32>graph.given >> 2
  const isWhole = length > 0 && length % size == 0
  store<u8>(RETURNED, isWhole ? 0 : 1)
  if (!isWhole) listOf(RETURNED + 4, graph.refusal, graph.refusalBytes)
  else {
    const count = length / size
    listOf(RETURNED + 4, found(apply(to, from, count)), count * (<u32>graph.made >> 2))
  }
  return RETURNED
}

/** The list that `last` makes of what `first` draws, where there is a `first`. */
function drawn(first: usize, last: usize, seed: u64, count: u32): usize {
  const from = found(compute(first, last, 0, count, <u32>seed, <u32>(seed >> 32)))
  return listOf(RETURNED, from, count * (<u32>changetype<StandaloneGraph>(last).made >> 2))
}

/** A component has no other way to say that memory is at its end. */
function found(address: usize): usize {
  if (!address) unreachable()
  return address
}

export function cabiRealloc(_old: usize, _oldBytes: u32, _align: u32, bytes: u32): usize {
  return found(makeRoom(bytes))
}

export function componentGenerate(seed: u64, count: u32): usize {
  return drawn(model().codes, model().decode, seed, count)
}

export function componentCodes(seed: u64, count: u32): usize {
  return drawn(0, model().codes, seed, count)
}

export function componentDecode(from: usize, length: u32): usize {
  return applied(model().decode, from, length)
}

export function componentEncode(from: usize, length: u32): usize {
  return applied(model().encode, from, length)
}

export function componentScore(from: usize, length: u32): usize {
  return applied(model().score, from, length)
}

export function componentInfo(): usize {
  return listOf(RETURNED, model().info, model().infoBytes)
}
