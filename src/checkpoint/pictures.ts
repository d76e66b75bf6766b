// What training draws of a run, and when.
export const PICTURES = ['samples', 'reconstruction'] as const
/** Samples, and reconstructions where the model has an encoder. */
export type Picture = (typeof PICTURES)[number]

/** After an epoch, of which 0 is before training, or after a step. */
export type Moment = { readonly epoch: number } | { readonly step: number }
