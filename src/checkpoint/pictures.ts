// What training draws of a run.
export const PICTURES = ['samples', 'reconstruction'] as const
/** Samples, and reconstructions where the model has an encoder. */
export type Picture = (typeof PICTURES)[number]
