// The tape: a flat list of words, `[kernel, words, arguments …]` an op, ended by kernel 0, after one word that
// points at the control block (word 0: not 0 means stop). Of `words`, the lowest twenty bits are the number of words. Bit 31
// marks an op too small to be shared by threads, bit 30 one after which they need not meet. The seven bits from bit 23 on are 0,
// or 1 + the thread whose op it is (of fewer threads, their number's residue). The three from bit 20 on are 0, or the power of
// two that says in how many shares a thread the op is cut, where threads that are done take those of others.
// This file walks the tape, and trusts it: the host checked it.
import { runShare, setWorker } from './lib/kernel'

/** Runs a share of the op at `op`, on thread `worker`; returns the address of the next op, or 0 where the tape ends. */
export function runOp(op: usize, share: i32, shares: i32, worker: i32): usize {
  if (!load<u32>(op)) return 0
  setWorker(worker)
  return runShare(op, share, shares)
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
