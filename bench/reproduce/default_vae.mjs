// The VAE of the package as it comes, on MNIST: three seeds, beside PyTorch's 69.26 ± 0.9 of the same recipe.
import { meanBy, overSeeds, testLoss } from './over_seeds.mjs'

export const recipe = {
  title: '`vae` at its defaults, 10 epochs, seeds 1 to 3',
  figure: 'mean test loss an image',
  published: '69.26 ± 0.9', by: 'PyTorch, the same recipe, three seeds',
  goal: (found) => found <= 68.9, goalText: '≤ 68.9',
  runs: overSeeds(['vae', '--epochs', '10']),
  judge: meanBy(testLoss),
}
