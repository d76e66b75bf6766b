// The tape: a flat list of words, `[kernel, words, arguments …]` an op, ended by kernel 0, after one word that
// points at the control block (word 0: not 0 means stop). Of `words`, the lowest twenty bits are the number of words, and others
// are for threads (src/graph/marks.ts). Bit 31 marks an op too small to be shared by threads, bit 30 one after which they need
// not meet. The seven bits from bit 23 on are 0, or 1 + the owner whose op it is: a share's (of fewer shares, their number's
// residue). The three from bit 20 on, of the first op after a meeting, say how often a thread's share is halved, for threads to
// take each other's.
// This file walks the tape, and trusts it: the host checked it.
import { runShare, setEach, setWorker } from './lib/kernel'

/**
 * Runs a share of the op at `op`, on `thread`, where each has `each` before it takes those of others; returns the address of the
 * next op, or 0 where the tape ends.
 */
export function runOp(op: usize, share: i32, shares: i32, thread: i32, each: i32): usize {
  if (!load<u32>(op)) return 0
  setWorker(thread)
  setEach(each)
  const next = runShare(op, share, shares)
  setEach(1)
  return next
}

/** Runs the whole tape `steps` times; returns the number of steps done before one asked to stop. */
export function run(tape: usize, steps: i32): i32 {
  const control = load<usize>(tape)
  setWorker(0)
  for (let step = 0; step < steps; step++) {
    let op = tape + 4
    while (load<u32>(op)) op = runShare(op, 0, 1)
    if (load<i32>(control)) return step
  }
  return steps
}

/** Where memory is free: the host lays out everything above this address. */
export function heapBase(): usize {
  return __heap_base
}
