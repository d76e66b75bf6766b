// The tape: a flat list of words, `[kernel, words, arguments …]` an op, ended by kernel 0, after one word that
// points at the control block (word 0: not 0 means stop). Bit 31 of `words` marks an op too small to be shared by
// threads, bit 30 one after which they need not meet; the seven bits from bit 23 on are 0, or 1 + the thread whose op it is
// (of fewer threads, their number's residue). This file walks the tape, and trusts it: the host checked it.
import { next } from './lib/kernel'

/** Runs one thread's share of the op at `op`; returns the address of the next op, or 0 where the tape ends. */
export function runOp(op: usize, thread: i32, threads: i32): usize {
  const kernel = load<u32>(op)
  if (!kernel) return 0
  const owner = (load<u32>(op, 4) >> 23) & 127
  if (!owner) call_indirect<void>(kernel, op + 8, thread, threads)
  else if (<i32>(owner - 1) % threads == thread) call_indirect<void>(kernel, op + 8, 0, 1)
  return next(op)
}

/** Runs the whole tape `steps` times; returns the number of steps done before one asked to stop. */
export function run(tape: usize, steps: i32): i32 {
  const control = load<usize>(tape)
  for (let step = 0; step < steps; step++) {
    let op = tape + 4
    while (op) op = runOp(op, 0, 1)
    if (load<i32>(control)) return step
  }
  return steps
}

/** Where memory is free: the host lays out everything above this address. */
export function heapBase(): usize {
  return __heap_base
}
