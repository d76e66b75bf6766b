// The log-variance of a Gaussian code.
import type { Tensor } from '../graph/tensor.ts'
import { clip } from '../ops/compare.ts'
import { customGradient } from '../ops/custom.ts'

/** Bounds of a log-variance, those of latent diffusion's code (Rombach et al. 2022, arXiv:2112.10752). */
const LOGVAR = [-30, 20] as const
const straightThrough = (dy: Tensor): Tensor[] => [dy]
/** The log-variance within its bounds. Its gradient is as if there were none, which leads back from beyond them. */
export const bounded = (x: Tensor): Tensor => customGradient(clip(x, ...LOGVAR), [x], straightThrough)
