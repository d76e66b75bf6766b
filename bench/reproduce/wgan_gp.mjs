// The package's wgan-gp beside PyTorch's.
import { besidePytorch } from './beside_pytorch.mjs'

export const recipe = besidePytorch('wgan-gp', 3)
