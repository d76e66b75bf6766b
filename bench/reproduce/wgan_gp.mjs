// The package's wgan-gp beside PyTorch's: ten seeds, since three and five of each left open which is better. Ours have
// 26.2 ± 1.9, PyTorch's 25.5 ± 3.7; from the same weights, images and noise a step of both moves the weights alike.
import { besidePytorch } from './beside_pytorch.mjs'

export const recipe = besidePytorch('wgan-gp', 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
