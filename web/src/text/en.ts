// English. The other dictionaries have the same names.
export const en = {
  title: 'Ganglion: train a model before your eyes',
  tagline: 'Autoencoders, VAEs and GANs that train in this page. One seed, the same bits everywhere.',
  skip: 'Skip to the content',
  views: { train: 'Train', inside: 'Look inside', take: 'Take away', verify: 'Verify', bench: 'Bench' },
  language: 'Language',
  theme: { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },

  run: 'Run', pause: 'Pause', single: 'One step', restart: 'Restart',
  controls: 'Controls',
  status: { starting: 'Starting', running: 'Training', paused: 'Paused', failed: 'Stopped' },
  step: 'Step', epoch: 'Epoch', speed: 'Images a second', threads: 'Threads',
  failed: (why: string) => `Training has stopped: ${why}`,
  oneThread: 'one thread: this page is not isolated',

  settings: 'Settings',
  settingsHelp: 'Whatever you change begins a new run. Every setting is in the address.',
  model: 'Model', batch: 'Batch size', latent: 'Latent size', rate: 'Learning rate', seed: 'Seed', steps: 'Digest at step',
  data: 'Data', dataOf: '5,000 digits of MNIST to train on, 1,000 to look at',
  defaults: 'Defaults', newSeed: 'Another seed',
  models: {
    autoencoder: 'Convolutional autoencoder. It squeezes each digit into a small code and draws it again.',
    vae: 'Variational autoencoder. Its codes fill a bell curve, so new digits can be drawn from noise.',
    gan: 'Generative adversarial network. A generator learns to fool a discriminator, which learns not to be fooled.',
    lsgan: 'Least-squares GAN: a GAN whose losses are squares, which keeps gradients alive.',
    dcgan: 'Deep convolutional GAN. The sharpest digits, and the slowest.',
  } as Readonly<Record<string, string>>,

  samples: 'Samples', samplesHelp: 'Sixty-four images made of noise that stays the same.',
  samplesAlt: (step: string) => `64 images that the model makes of fixed noise, at step ${step}`,
  reconstructions: 'Originals and reconstructions',
  reconstructionsHelp: 'Digits that training never sees, above what the model makes of them.',
  reconstructionsAlt: (step: string) => `What the model makes of them at step ${step}`,
  originalsAlt: 'Ten test digits, one of each class',
  loss: 'Loss', lossHelp: 'Means over the batches since the last point.',
  lossTable: 'The figures as a table',
  metrics: {
    loss: 'Loss', reconstruction: 'Reconstruction', kl: 'KL divergence', test: 'Loss on test images',
    discriminator: 'Discriminator', generator: 'Generator',
  } as Readonly<Record<string, string>>,

  bits: 'Same seed, same bits',
  bitsHelp: 'A digest is the SHA-256 of all weights and counters. These settings end in the same one in every browser.',
  before: (step: string) => `The digest is taken at step ${step}.`,
  at: (step: string) => `Digest at step ${step}`,
  expected: 'Expected', reached: 'Reached',
  waiting: (step: string) => `at step ${step}`,
  same: 'Reproduced: this browser reached the expected digest, to the bit.',
  different: 'Not reproduced: this browser reached another digest than the link promises.',
  promised: (step: string) => `This link promises a digest at step ${step}. Training will tell.`,
  copy: 'Copy the link that reproduces this', copied: 'Copied',
}

export type Texts = typeof en
