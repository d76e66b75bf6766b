// What every kernel shares: its signature, its place in the function table, its share of the work.
// A kernel is `(args, thread, threads)`: `args` points at its words on the tape, read as the fields of an
// unmanaged class. It must write each output element in exactly one thread, and give the same bits for any
// number of threads: split outputs, never a sum.

export type Kernel = (args: usize, thread: i32, threads: i32) => void

/** Puts a kernel into the module's function table; the host finds its index by comparing exports. */
// @ts-ignore: decorator
@inline
export function register(_kernel: Kernel): void {}

/** First item of `thread`'s share of `n` items handed out in grains of `grain`; the share ends where the next begins. */
export function shareStart(n: i32, grain: i32, thread: i32, threads: i32): i32 {
  const grains = (n + grain - 1) / grain
  return min(n, <i32>((<i64>grains * thread) / threads) * grain)
}

/** The address of the op on the tape after this one (assembly/tape.ts). */
export function next(op: usize): usize {
  return op + ((load<usize>(op, 4) & 0x7fffff) << 2)
}
