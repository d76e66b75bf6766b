// Runs an exported model's graphs, `rows` rows at a time, as src/train/inference.ts does, so that the bits are those of `sample`.
// Invariant: where results lie depends on sizes alone, so that memory stays flat.
//
//     | the model | room that was asked for | a result | another, where the first is what it is made of |
import { COUNTER_WORDS } from '../layout'
import { run } from '../../tape'
import { StandaloneGraph, model } from './data'

/** Bytes of the room that the host asked for. */
let room: usize = 0
/** The class of all rows; −1: each class has its turn. */
let chosen: i32 = -1

/** The address of `bytes` bytes from `at` on, to which the memory grows; 0 where there are not so many. */
function reserve(at: usize, bytes: u64): usize {
  const pages = <i64>((<u64>at + bytes + 0xffff) >> 16)
  const more = pages - <i64>memory.size()
  if (more > 0 && (pages > 0x10000 || memory.grow(<i32>more) < 0)) return 0
  return at
}

// @ts-ignore: decorator
@inline
function aligned(address: usize): usize {
  return (address + 15) & ~15
}

/** Room for `bytes` bytes that the host writes; 0 where there is none. It is the room until the next call of this. */
export function makeRoom(bytes: u32): usize {
  const at = reserve(model().free, bytes)
  room = at ? <usize>bytes : 0
  return at
}

/** Where a result of `bytes` bytes goes, made of `given` bytes at `from`, which it does not overlap. */
function place(bytes: u64, from: usize, given: u64): usize {
  const at = aligned(model().free + room)
  const end = <u64>from + given
  return reserve(end > at && from < at + bytes ? aligned(<usize>end) : at, bytes)
}

/** The rows that a call of a graph takes are `now` rows at `from`, from the row `first` of all on; the others are 0. */
function feed(graph: StandaloneGraph, from: usize, first: i32, now: i32): void {
  const rows = model().rows
  const classes = model().classes
  if (graph.x) {
    const bytes = <usize>now * graph.given
    memory.copy(graph.x, from, bytes)
    memory.fill(graph.x + bytes, 0, <usize>rows * graph.given - bytes)
  }
  if (!graph.labels) return
  for (let i = 0; i < rows; i++) {
    const label = i >= now ? 0 : chosen < 0 ? (first + i) % classes : chosen
    store<f32>(graph.labels + (<usize>i << 2), <f32>label)
  }
}

/** Begins a graph anew: step 0, and what it draws is drawn from the seed. */
function restart(graph: StandaloneGraph, seedLow: u32, seedHigh: u32): void {
  memory.fill(graph.counters, 0, COUNTER_WORDS << 2)
  store<u32>(graph.counters, seedLow, COUNTER_WORDS << 2)
  store<u32>(graph.counters, seedHigh, (COUNTER_WORDS << 2) + 4)
}

/**
 * The address of `count` rows that `graph` makes of those at `from`, where they lie until the next call; 0 where there is no
 * memory.
 */
export function apply(graph: usize, from: usize, count: u32): usize {
  return compute(0, graph, from, count, model().seedLow, model().seedHigh)
}

/**
 * The address of `count` rows that `last` makes of those that `first` makes, where there is a `first`; else of those at `from`.
 * What is drawn is drawn from the seed.
 */
export function compute(first: usize, last: usize, from: usize, count: u32, seedLow: u32, seedHigh: u32): usize {
  const rows = model().rows
  const draws = changetype<StandaloneGraph>(first)
  const graph = changetype<StandaloneGraph>(last)
  if (first) restart(draws, seedLow, seedHigh)
  restart(graph, seedLow, seedHigh)
  const to = place(<u64>count * graph.made, from, first ? 0 : <u64>count * graph.given)
  if (!to) return 0
  for (let at: u32 = 0; at < count; at += rows) {
    const now = min(rows, count - at)
    let x = from + <usize>at * graph.given
    if (first) {
      feed(draws, 0, at, now)
      run(draws.tape, 1)
      x = draws.y
    }
    feed(graph, x, at, now)
    run(graph.tape, 1)
    memory.copy(to + <usize>at * graph.made, graph.y, <usize>now * graph.made)
  }
  return to
}

/** Sets the class of all rows from now on; −1: each class has its turn. */
export function choose(label: i32): void {
  chosen = label < model().classes ? label : -1
}
