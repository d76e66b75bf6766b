// The tape on one thread. Its layout is lib/layout.ts's; this file walks it, and trusts it: the host checked it.
import { runPart, setEach, setWorker } from './lib/kernel'

/**
 * Runs a part of the op at `op`, on `thread`, where each has `each` before it takes those of others; returns the address of the
 * next op, or 0 where the tape ends.
 */
export function runOp(op: usize, part: i32, parts: i32, thread: i32, each: i32): usize {
  if (!load<u32>(op)) return 0
  setWorker(thread)
  setEach(each)
  const next = runPart(op, part, parts)
  setEach(1)
  return next
}

/** Runs the whole tape `steps` times; returns the number of steps done before one asked to stop. */
export function run(tape: usize, steps: i32): i32 {
  const control = load<usize>(tape)
  setWorker(0)
  for (let step = 0; step < steps; step++) {
    let op = tape + 4
    while (load<u32>(op)) op = runPart(op, 0, 1)
    if (load<i32>(control)) return step
  }
  return steps
}

/** Where memory is free: the host lays out everything above this address. */
export function heapBase(): usize {
  return __heap_base
}
