// What every kernel shares: its signature, its place in the function table, its share of the work.
// A kernel is `(args, share, shares)`: `args` points at its words on the tape, read as the fields of an
// unmanaged class. It must write each output element in exactly one share, and give the same bits for any
// number of shares: split outputs, never a sum. Shares are at least as many as threads (assembly/threads.ts).

export type Kernel = (args: usize, share: i32, shares: i32) => void

/** The thread that runs the kernel, for scratch memory that it needs while it runs. A global, so each instance has its own. */
let worker: i32 = 0
/** How many shares a thread has before it takes those of others. */
let each: i32 = 1

/** Sets the thread, and returns which it was. */
export function setWorker(thread: i32): i32 {
  const before = worker
  if (ASC_FEATURE_THREADS) worker = thread
  return before
}

export function setEach(shares: i32): void {
  if (ASC_FEATURE_THREADS) each = shares
}

/** The first share of the thread whose share this is; before others take it. */
// @ts-ignore: decorator
@inline
export function ownShare(share: i32): i32 {
  return share - share % each
}

/** The first share of the next thread, where `first` is a thread's. */
// @ts-ignore: decorator
@inline
export function nextOwnShare(first: i32): i32 {
  return first + each
}

/** The scratch of the running thread, of `bytes` a thread from `first` on. */
// @ts-ignore: decorator
@inline
export function ownScratch(first: usize, bytes: usize): usize {
  return ASC_FEATURE_THREADS ? first + bytes * <usize>worker : first
}

/** Puts a kernel into the module's function table; the host finds its index by its exported name (src/runtime/core.ts). */
// @ts-ignore: decorator
@inline
export function register(_kernel: Kernel): void {}

/** First item of a share of `n` items handed out in grains of `grain`; the share ends where the next begins. */
export function shareStart(n: i32, grain: i32, share: i32, shares: i32): i32 {
  const grains = (n + grain - 1) / grain
  return min(n, <i32>((<i64>grains * share) / shares) * grain)
}

/** Runs a share of the op at `op`, on the thread that was set; returns the address of the next op (assembly/tape.ts). */
export function runShare(op: usize, share: i32, shares: i32): usize {
  const owner = (load<u32>(op, 4) >> 23) & 127
  if (!ASC_FEATURE_THREADS || !owner) call_indirect<void>(load<u32>(op), op + 8, share, shares)
  else if (<i32>(owner - 1) % shares == share) {
    // Its scratch is its own.
    const thread = setWorker(0)
    call_indirect<void>(load<u32>(op), op + 8, 0, 1)
    setWorker(thread)
  }
  return next(op)
}

/** The address of the op on the tape after this one (assembly/tape.ts). */
export function next(op: usize): usize {
  return op + ((load<usize>(op, 4) & 0xfffff) << 2)
}
