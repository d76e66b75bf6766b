// The VAE of the command line as it comes, on MNIST: three seeds, beside PyTorch's 69.26 ± 0.9 in batches of 128, where it has
// 69.45 (`npm run bench -- quality`).
import { meanBy, overSeeds, testLoss } from './over_seeds.mjs'

export const recipe = {
  title: '`vae` at its defaults, batches of 64, 10 epochs, seeds 1 to 3',
  figure: 'mean test loss an image',
  published: '69.26 ± 0.9', by: 'PyTorch, batches of 128, three seeds',
  goal: (found) => found <= 68.9, goalText: '≤ 68.9',
  runs: overSeeds(['vae', '--epochs', '10']),
  judge: meanBy(testLoss),
}
