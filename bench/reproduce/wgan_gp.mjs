// The package's wgan-gp beside PyTorch's: five seeds, since three of each left open which is better.
import { besidePytorch } from './beside_pytorch.mjs'

export const recipe = besidePytorch('wgan-gp', 3, [1, 2, 3, 4, 5])
