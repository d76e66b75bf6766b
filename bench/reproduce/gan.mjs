// The GAN of the package with an average of its generator's weights, on MNIST: three seeds.
const seeds = [1, 2, 3]

export const recipe = {
  title: '`gan --ema 0.999`, 20 epochs, seeds 1 to 3',
  figure: 'mean Fréchet distance of 10,000 samples to the test images, features mnist-classifier-64',
  published: '9.50 ± 0.93', by: 'PyTorch, `gan` without the average, three seeds, to the training images',
  goal: (found) => found <= 5, goalText: '≤ 5',
  runs: Object.fromEntries(seeds.map((seed) => (
    [`seed${seed}`, () => ['gan', '--ema', '0.999', '--seed', `${seed}`, '--epochs', '20']]))),
  evaluate: () => [],
  judge: (runs) => (
    Object.values(runs).reduce((sum, { evaluated }) => sum + evaluated.distribution.figures.frechet, 0) / seeds.length),
}
