// The package's dcgan beside PyTorch's.
import { besidePytorch } from './beside_pytorch.mjs'

export const recipe = besidePytorch('dcgan', 3)
