// What core and host agree on besides the arguments of kernels: marks of an op on the tape, the control block, the counters.
// The tape is a flat list of words, `[kernel, words | marks, arguments …]` an op, ended by kernel 0, after one word that points
// at the control block. `words` counts all of an op's words. An op marked AGAIN has one word in place of its arguments: the
// address of those of an earlier op. Constants tagged @host are the host's too.

/** An address in linear memory, as a kernel's argument; 0 where it may be absent. */
export type Address = usize
/** Where a call's records lie, which calls with the same ones share. */
export type Table = usize

/** The words that an op begins with. @host */
export const OP_WORDS = 2
/** Of an op's second word: the number of its words. @host */
export const WORDS_MASK = 0x7ffff
/** An op whose arguments are those of an earlier one. @host */
export const AGAIN = 1 << 19

/** The doublings of a thread's parts, from this bit on: a mark of the first op of a segment. @host */
export const HALVINGS_SHIFT = 20
/** @host */
export const HALVINGS_MASK = 7
/** 1 + the owner whose op it is, from this bit on; 0: all parts are computed. @host */
export const OWNER_SHIFT = 23
/** @host */
export const OWNER_MASK = 127
/** An op without a barrier after it: what a part writes, only the same part reads until the next barrier. @host */
export const NO_BARRIER: i32 = 1 << 30
/** An op too small to be divided. It is the sign bit. @host */
export const SMALL: i32 = 1 << 31

/** Bytes from a word of the control block to the next: a line of the cache each. @host */
export const CONTROL_STEP: usize = 64
/** Words of the control block that are for all threads: stop, and four for the barrier. A word for each thread follows. @host */
export const CONTROL_WORDS: usize = 5

/** Words of a group's counters: the step (low, high), the place in the dataset, the epoch. @host */
export const COUNTER_WORDS = 4
/** Words of the group's seed, which follow. @host */
export const SEED_WORDS = 2
/** The first word of the step. @host */
export const STEP: usize = 0
/** The word of the place in the dataset. @host */
export const POSITION: usize = 2
/** The word of the epoch. @host */
export const EPOCH: usize = 3
