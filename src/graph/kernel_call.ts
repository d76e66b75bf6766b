// One call of a kernel of the core, as ops ask for it and the tape holds it.

/** One kernel to run: its exported name in the core, then its argument words (i32; floats as `bits(x)`). */
export type KernelCall = readonly [kernel: string | Apart, ...words: number[]]

/** `alone`: what a share writes only the same share reads in the next call, so threads do not meet between the two. */
export interface Apart {
  readonly kernel: string
  readonly alone?: boolean
  /** The owner whose it is, where threads do not share it: an owner's calls are one share's. */
  readonly on?: number | undefined
  /** Threads take one share each: it is short, or in more, work would be done more than once. */
  readonly even?: boolean | undefined
}

const word = new DataView(new ArrayBuffer(4))
/** The i32 word that holds the f32 nearest to `x`. */
export function bits(x: number): number {
  word.setFloat32(0, x, true)
  return word.getInt32(0, true)
}
