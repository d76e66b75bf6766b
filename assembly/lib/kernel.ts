// What every kernel shares: its signature, its place in the function table, its share of the work.
// A kernel is `(args, thread, threads)`: `args` points at its words on the tape, read as the fields of an
// unmanaged class. It must write each output element in exactly one thread, and give the same bits for any
// number of threads: split outputs, never a sum.

export type Kernel = (args: usize, thread: i32, threads: i32) => void

/** Puts a kernel into the module's function table; the host finds its index by comparing exports. */
// @ts-ignore: decorator
@inline
export function register(_kernel: Kernel): void {}

/**
 * Where the shares of threads begin, in parts of WHOLE: a word a thread, and WHOLE after the last. 0: shares are even. Of
 * each thread's instance for itself, while it walks a tape (assembly/threads.ts); in cores for one thread a constant.
 */
let starts: usize = 0
export const WHOLE: i32 = 65536

/** From here on shares are those at `at`; 0: even. */
export function shareBy(at: usize): void {
  starts = at
}

/** First item of `thread`'s share of `n` items handed out in grains of `grain`; the share ends where the next begins. */
export function shareStart(n: i32, grain: i32, thread: i32, threads: i32): i32 {
  if (!starts || threads == 1) return evenStart(n, grain, thread, threads)
  return evenStart(n, grain, load<i32>(starts + (<usize>thread << 2)), WHOLE)
}

/** The same where the parts are not threads' but given by sizes: always even. */
export function evenStart(n: i32, grain: i32, part: i32, parts: i32): i32 {
  const grains = (n + grain - 1) / grain
  return min(n, <i32>((<i64>grains * part) / parts) * grain)
}

/** The address of the op on the tape after this one (assembly/tape.ts). */
export function next(op: usize): usize {
  return op + ((load<usize>(op, 4) & 0x7fffff) << 2)
}
