// The tape walked by several threads, in the builds for shared memory. Every thread runs its shares of each op, and of large
// ones those that others have not begun; then they meet, and the last to come lets all go on. Nothing here is kept
// in static data, which a worker's instantiation rewrites; the one global, `nap`, is an instance's own.
// The control block that a tape points at, zeroed by the host, holds words 64 bytes apart. Five: stop, which ends the
// run after its step; the threads that have arrived; the meetings so far, on which threads sleep; how many sleep; failed. Then
// a pair a thread: how many of its shares are taken, between an even meeting and the next, and between an odd one and the next.
import { next, runShare, setEach, setWorker } from './lib/kernel'

/** Marks an op whose results each thread reads alone: no meeting after it. */
const ALONE: i32 = 1 << 30

const ARRIVED: usize = 64
const MEETINGS: usize = 128
const SLEEPERS: usize = 192
const FAILED: usize = 256
const TAKEN: usize = 320

/** Nanoseconds of one sleep. */
const NAP: i64 = 100_000_000

/**
 * Runs one thread's share of `steps` steps; returns the number of steps done before one asked to stop, or −1 where a
 * thread failed. `patience` is how many naps to wait for the others; 0: for ever. `looks` is how often a thread looks for the
 * others before it naps.
 */
export function runThread(tape: usize, steps: i32, thread: i32, threads: i32, patience: i32, looks: i32): i32 {
  const control = load<usize>(tape)
  setWorker(thread)
  for (let step = 0; step < steps; step++) {
    let op = tape + 4
    while (load<u32>(op)) {
      // Small ops in a row are the first thread's, and take one meeting.
      if (load<i32>(op, 4) < 0) op = runSmall(op, thread)
      else if (sharesOf(op)) op = runTaken(op, control, thread, threads)
      else {
        const alone = load<i32>(op, 4) & ALONE
        op = runShare(op, thread, threads)
        if (alone) continue
      }
      if (!meet(control, thread, threads, patience, looks)) return -1
    }
    // All read `stop` between two meetings, so no thread can have gone on to write it again.
    const stop = load<i32>(control)
    if (!meet(control, thread, threads, patience, looks)) return -1
    if (stop) return step
  }
  return steps
}

/** The power of two that says in how many shares a thread the ops from here to the next meeting are cut; 0: in one. */
// @ts-ignore: decorator
@inline
function sharesOf(op: usize): i32 {
  return (load<i32>(op, 4) >> 20) & 7
}

/** How many of a thread's shares are taken since `meeting`. */
// @ts-ignore: decorator
@inline
function takenOf(control: usize, thread: i32, meeting: i32): usize {
  return control + TAKEN + (<usize>thread << 6) + (<usize>(meeting & 1) << 2)
}

/**
 * Runs the ops from `op` to the next meeting, share by share: the thread's own, then those that others have not begun, as
 * another may be slower, or away. Returns the address of the op after them.
 */
function runTaken(op: usize, control: usize, thread: i32, threads: i32): usize {
  const meeting = atomic.load<i32>(control, MEETINGS)
  const each = 1 << sharesOf(op)
  setEach(each)
  for (let i = 0; i < threads; i++) {
    const owner = (thread + i) % threads
    const taken = takenOf(control, owner, meeting)
    while (atomic.load<i32>(taken) < each) {
      const share = atomic.add<i32>(taken, 1)
      if (share < each) runStretch(op, owner * each + share, threads * each)
    }
  }
  setEach(1)
  return stretchEnd(op)
}

/** Runs a share of all ops from `op` to the next meeting. */
function runStretch(op: usize, share: i32, shares: i32): void {
  for (const end = stretchEnd(op); op != end;) op = runShare(op, share, shares)
}

/** The address of the op after the next meeting. */
function stretchEnd(op: usize): usize {
  while (load<i32>(op, 4) & ALONE) op = next(op)
  return next(op)
}

/** Runs the small ops from `op` on, on the first thread; returns the address of the op after them. */
function runSmall(op: usize, thread: i32): usize {
  do {
    if (thread) op = next(op)
    else op = runShare(op, 0, 1)
  } while (load<u32>(op) && load<i32>(op, 4) < 0)
  return op
}

/** Tells all threads of a tape's run that one of them will not come any more. */
export function failThread(tape: usize): void {
  const control = load<usize>(tape)
  atomic.store<i32>(control, 1, FAILED)
  atomic.notify(control + MEETINGS, -1)
}

/** Comes back when all threads have come; false where one failed. */
function meet(control: usize, thread: i32, threads: i32, patience: i32, looks: i32): bool {
  const meeting = atomic.load<i32>(control, MEETINGS)
  // For the ops after the meeting; nobody looks at it before.
  store<i32>(takenOf(control, thread, meeting + 1), 0)
  if (atomic.add<i32>(control, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(control, 0, ARRIVED)
    atomic.store<i32>(control, meeting + 1, MEETINGS)
    // Who goes to sleep counts itself first and is then refused, if the meeting is over: none is missed here.
    if (atomic.load<i32>(control, SLEEPERS)) atomic.notify(control + MEETINGS, -1)
    return true
  }
  for (let look = 0; look < looks; look++) {
    if (atomic.load<i32>(control, MEETINGS) != meeting) return true
  }
  return sleep(control, meeting, patience)
}

function sleep(control: usize, meeting: i32, patience: i32): bool {
  let met = true
  atomic.add<i32>(control, 1, SLEEPERS)
  while (atomic.load<i32>(control, MEETINGS) == meeting) {
    if (patience && !--patience) atomic.store<i32>(control, 1, FAILED)
    if (atomic.load<i32>(control, FAILED)) {
      met = false
      break
    }
    nap(control + MEETINGS, meeting)
  }
  atomic.sub<i32>(control, 1, SLEEPERS)
  return met
}

/**
 * V8 of Node 20 destroys what its baseline compiler keeps in registers across a wait. So the wait stands alone in a
 * function, with nothing live after it, and is called through a variable, which no optimizer inlines.
 */
let nap = (word: usize, expected: i32): void => {
  memory.atomic.wait32(word, expected, NAP)
}
