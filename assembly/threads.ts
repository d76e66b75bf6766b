// The tape walked by several threads, in the builds for shared memory. Every thread runs its parts of each op, and of long
// segments (the ops from one barrier to the next) those that others have not begun; then it waits at the barrier, and the last to
// come lets all go on. Nothing here is kept in static data, which a worker's instantiation rewrites; the one global, `nap`, is an
// instance's own. The control block that a tape points at, zeroed by the host, holds words CONTROL_STEP bytes apart: stop, which
// ends the run after its step; the threads that have arrived; the barriers so far, on which threads sleep; how many sleep;
// failed. Then for each thread how many of its parts are taken: two words, for even and for odd barriers.
import { next, runPart, setEach, setWorker } from './lib/kernel'
import { CONTROL_STEP, CONTROL_WORDS, HALVINGS_MASK, HALVINGS_SHIFT, NO_BARRIER } from './lib/layout'

const ARRIVED: usize = CONTROL_STEP
const BARRIERS: usize = 2 * CONTROL_STEP
const SLEEPERS: usize = 3 * CONTROL_STEP
const FAILED: usize = 4 * CONTROL_STEP
const TAKEN: usize = CONTROL_WORDS * CONTROL_STEP

/** Nanoseconds of one sleep. */
const NAP: i64 = 100_000_000

/**
 * Runs one thread's parts of `steps` steps; returns the number of steps done before one asked to stop, or −1 where a
 * thread failed. `patience` is how many naps to wait for the others; 0: for ever. `looks` is how often a thread looks for the
 * others before it naps.
 */
export function runThread(tape: usize, steps: i32, thread: i32, threads: i32, patience: i32, looks: i32): i32 {
  const control = load<usize>(tape)
  setWorker(thread)
  for (let step = 0; step < steps; step++) {
    let op = tape + 4
    while (load<u32>(op)) {
      // Small ops in a row are the first thread's, and take one barrier.
      if (load<i32>(op, 4) < 0) op = runSmall(op, thread)
      else if (halvingsOf(op)) op = runTaken(op, control, thread, threads)
      else {
        const noBarrier = load<i32>(op, 4) & NO_BARRIER
        op = runPart(op, thread, threads)
        if (noBarrier) continue
      }
      if (!waitForAll(control, thread, threads, patience, looks)) return -1
    }
    // All read `stop` between two barriers, so no thread can have gone on to write it again.
    const stop = load<i32>(control)
    if (!waitForAll(control, thread, threads, patience, looks)) return -1
    if (stop) return step
  }
  return steps
}

/** How often a thread's part of the segment from `op` on is halved. */
// @ts-ignore: decorator
@inline
function halvingsOf(op: usize): i32 {
  return (load<i32>(op, 4) >> HALVINGS_SHIFT) & HALVINGS_MASK
}

/** The word that counts how many of a thread's parts are taken since `barrier`. */
// @ts-ignore: decorator
@inline
function takenOf(control: usize, thread: i32, barrier: i32): usize {
  return control + TAKEN + <usize>thread * CONTROL_STEP + (<usize>(barrier & 1) << 2)
}

/**
 * Runs the segment from `op` on, part by part: the thread's own, then those that others have not begun, as another may be
 * slower, or away. Returns the address of the op after them.
 */
function runTaken(op: usize, control: usize, thread: i32, threads: i32): usize {
  const barrier = atomic.load<i32>(control, BARRIERS)
  const each = 1 << halvingsOf(op)
  setEach(each)
  for (let i = 0; i < threads; i++) {
    const owner = (thread + i) % threads
    const taken = takenOf(control, owner, barrier)
    while (atomic.load<i32>(taken) < each) {
      const part = atomic.add<i32>(taken, 1)
      if (part < each) runSegment(op, owner * each + part, threads * each)
    }
  }
  setEach(1)
  return segmentEnd(op)
}

/** Runs a part of all ops of the segment from `op` on. */
function runSegment(op: usize, part: i32, parts: i32): void {
  for (const end = segmentEnd(op); op != end;) op = runPart(op, part, parts)
}

/** The address of the op after the segment. */
function segmentEnd(op: usize): usize {
  while (load<i32>(op, 4) & NO_BARRIER) op = next(op)
  return next(op)
}

/** Runs the small ops from `op` on, on the first thread; returns the address of the op after them. */
function runSmall(op: usize, thread: i32): usize {
  do {
    if (thread) op = next(op)
    else op = runPart(op, 0, 1)
  } while (load<u32>(op) && load<i32>(op, 4) < 0)
  return op
}

/** Tells all threads of a tape's run that one of them will not come any more. */
export function failThread(tape: usize): void {
  const control = load<usize>(tape)
  atomic.store<i32>(control, 1, FAILED)
  atomic.notify(control + BARRIERS, -1)
}

/** Comes back when all threads have come; false where one failed. */
function waitForAll(control: usize, thread: i32, threads: i32, patience: i32, looks: i32): bool {
  const barrier = atomic.load<i32>(control, BARRIERS)
  // For the ops after the barrier; nobody looks at it before.
  store<i32>(takenOf(control, thread, barrier + 1), 0)
  if (atomic.add<i32>(control, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(control, 0, ARRIVED)
    atomic.store<i32>(control, barrier + 1, BARRIERS)
    // Who goes to sleep counts itself first and is then refused, if the barrier is open: none is missed here.
    if (atomic.load<i32>(control, SLEEPERS)) atomic.notify(control + BARRIERS, -1)
    return true
  }
  for (let look = 0; look < looks; look++) {
    if (atomic.load<i32>(control, BARRIERS) != barrier) return true
  }
  return sleep(control, barrier, patience)
}

function sleep(control: usize, barrier: i32, patience: i32): bool {
  let met = true
  atomic.add<i32>(control, 1, SLEEPERS)
  while (atomic.load<i32>(control, BARRIERS) == barrier) {
    if (patience && !--patience) atomic.store<i32>(control, 1, FAILED)
    if (atomic.load<i32>(control, FAILED)) {
      met = false
      break
    }
    nap(control + BARRIERS, barrier)
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
