// The GAN of the package that draws digits best, in half of the dense GAN's time: three seeds.
import { frechet, meanBy, overSeeds } from './over_seeds.mjs'

export const recipe = {
  title: '`cgan` at its defaults, 5 epochs, seeds 1 to 3',
  figure: 'mean Fréchet distance of 10,000 samples, as many of each class, to the test images, features mnist-classifier-64',
  published: '9.50 ± 0.93', by: 'PyTorch, `gan` at its defaults, three seeds, to the training images',
  goal: (found) => found <= 4, goalText: '≤ 4',
  runs: overSeeds(['cgan', '--epochs', '5']),
  evaluate: () => [],
  judge: meanBy(frechet),
}
