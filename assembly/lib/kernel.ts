// What every kernel has in common: its signature, its place in the function table, its part of the work.
// A kernel is `(args, part, parts)`: `args` points at its words on the tape, read as the fields of an
// unmanaged class. It must write each output element in exactly one part, and give the same bits for any
// number of parts: split outputs, never a sum. Parts are at least as many as threads (assembly/threads.ts).
import { AGAIN, OP_WORDS, OWNER_MASK, OWNER_SHIFT, WORDS_MASK } from './layout'

export type Kernel = (args: usize, part: i32, parts: i32) => void

/** The thread that runs the kernel, for scratch memory that it needs while it runs. A global, so each instance has its own. */
let worker: i32 = 0
/** How many parts a thread has before it takes those of others. */
let each: i32 = 1

/** Sets the thread, and returns which it was. */
export function setWorker(thread: i32): i32 {
  const before = worker
  if (ASC_FEATURE_THREADS) worker = thread
  return before
}

export function setEach(parts: i32): void {
  if (ASC_FEATURE_THREADS) each = parts
}

/** The first part of the thread whose part this is, before others take it. */
// @ts-ignore: decorator
@inline
export function firstPartOfThread(part: i32): i32 {
  return part - part % each
}

/** The first part of the next thread, where `first` is a thread's. */
// @ts-ignore: decorator
@inline
export function firstPartOfNext(first: i32): i32 {
  return first + each
}

/** The scratch of the running thread, of `bytes` a thread from `first` on. */
// @ts-ignore: decorator
@inline
export function ownScratch(first: usize, bytes: usize): usize {
  return ASC_FEATURE_THREADS ? first + bytes * <usize>worker : first
}

/**
 * Puts a kernel into the module's function table, where the host finds it by its exported name (src/runtime/core.ts), and says
 * what its words are, for the host (tools/contract.mjs): the fields of `Args`; then, or at its field of type `Table`, where
 * there are such, a list of `Record`s, each followed by a list of `Inner`s.
 */
// @ts-ignore: decorator
@inline
export function register<Args, Record = void, Inner = void>(_kernel: Kernel): void {}

/** First item of a part of `n` items handed out in grains of `grain`; the part ends where the next begins. */
export function partStart(n: i32, grain: i32, part: i32, parts: i32): i32 {
  const grains = (n + grain - 1) / grain
  return min(n, <i32>((<i64>grains * part) / parts) * grain)
}

/** Runs a part of the op at `op`, on the thread that was set; returns the address of the next op. */
export function runPart(op: usize, part: i32, parts: i32): usize {
  const words = load<u32>(op, 4)
  const owner = (words >> OWNER_SHIFT) & OWNER_MASK
  const own = op + (OP_WORDS << 2)
  const args = words & AGAIN ? load<usize>(own) : own
  if (!ASC_FEATURE_THREADS || !owner) call_indirect<void>(load<u32>(op), args, part, parts)
  else if (<i32>(owner - 1) % parts == part) {
    // An owner's op is one part's, of fewer parts their number's residue. Its scratch is its own.
    const thread = setWorker(0)
    call_indirect<void>(load<u32>(op), args, 0, 1)
    setWorker(thread)
  }
  return next(op)
}

/** The address of the op on the tape after this one. */
export function next(op: usize): usize {
  return op + ((load<usize>(op, 4) & WORDS_MASK) << 2)
}
