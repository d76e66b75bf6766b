// The package's wgan-gp beside PyTorch's: five seeds, since three of each left open which is better. Five do too, 26.5 ± 1.5 and
// 23.5 ± 2.4: from the same weights, images and noise a step of both moves the weights alike.
import { besidePytorch } from './beside_pytorch.mjs'

export const recipe = besidePytorch('wgan-gp', 3, [1, 2, 3, 4, 5])
