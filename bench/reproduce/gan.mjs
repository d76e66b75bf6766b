// The GAN of the package with an average of its generator's weights, on MNIST: three seeds.
import { frechet, meanBy, overSeeds } from './over_seeds.mjs'

export const recipe = {
  title: '`gan --ema 0.999`, 20 epochs, seeds 1 to 3',
  figure: 'mean Fréchet distance of 10,000 samples to the test images, features mnist-classifier-64',
  published: '9.50 ± 0.93', by: 'PyTorch, `gan` without the average, three seeds, to the training images',
  goal: (found) => found <= 5, goalText: '≤ 5',
  runs: overSeeds(['gan', '--ema', '0.999', '--epochs', '20']),
  evaluate: () => [],
  judge: meanBy(frechet),
}
