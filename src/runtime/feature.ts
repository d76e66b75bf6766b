// The answer to one question about this engine: can it, and why.

export interface Feature {
  readonly available: boolean
  /** One sentence: what it is used for, or why it is not available. */
  readonly reason: string
}

export const yes = (reason: string): Feature => ({ available: true, reason })
export const no = (reason: string): Feature => ({ available: false, reason })
