// The step that the adversarial models share; their networks and losses tell them apart.
import { gradients } from '../autodiff/gradients.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { randomNormal } from '../ops/random.ts'
import { mean, sum } from '../ops/reduce.ts'
import { square } from '../ops/unary.ts'
import type { Tensor } from '../graph/tensor.ts'
import { ema } from '../nn/ema.ts'
import { hinge } from '../nn/losses.ts'
import type { Layer, Pass } from '../nn/layer.ts'
import { adam } from '../nn/optimizers.ts'
import type { Rate } from '../nn/rate.ts'
import {
  type Complete, count, fractionBelowOne, imageShape as imageRule, notNegative, option, rule,
} from '../options.ts'
import { changesOf, DIFFERENTIABLE } from './augment.ts'
import type { StageSpec } from './definition.ts'
import type { Graphs } from './kind.ts'
import { clipping, minimize } from './minimize.ts'

const isText = (x: unknown): x is string => typeof x === 'string'
const policies = rule("'none', or some of 'color,translation,cutout'", isText,
  (x) => x === 'none' || x.split(',').every((name) => Object.hasOwn(DIFFERENTIABLE, name)))

/** What all of them take. */
export const ADVERSARIAL = {
  /** Steps of the discriminator for each of the generator. Default 1. */
  criticSteps: option(count, 1, 'steps of the discriminator for each of the generator'),
  /** What an average of the generator's weights keeps at each step, less in the first, to draw with; 0: none. Default 0. */
  ema: option(fractionBelowOne, 0, "what an average of the generator's weights keeps at each step, to draw with; 0: none"),
  /** Weight of the discriminator's squared slope at real images. Default 0. */
  r1: option(notNegative, 0, "weight of the discriminator's squared slope at real images"),
  /** Changes of all images that are judged: color,translation,cutout; for small data. Default 'none'. */
  diffAugment: option(policies, 'none', 'changes of all images that are judged: color,translation,cutout; for small data'),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}
type Judge = (images: Tensor) => Tensor

export interface Networks {
  readonly generators: readonly Layer[]
  readonly discriminators: readonly Layer[]
  /** Images from noise [n, latent], and labels where the model has classes. */
  generate(noise: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** Scores [n, 1] of images. */
  judge(images: Tensor, pass: Pass, labels?: Tensor): Tensor
  /** A scalar: how far scores are from those that the discriminator wants, 1 of real images and 0 of generated ones. */
  loss(wanted: 0 | 1, scores: Tensor): Tensor
  /** What the generator wants of scores. Default: the loss where 1 is wanted. */
  generatorLoss?(scores: Tensor): Tensor
  /** What the discriminator's loss has besides. */
  penalty?(real: Tensor, fake: Tensor, judge: Judge, pass: Pass): Tensor
  /** What both losses have besides, of images and their labels. */
  auxiliary?(images: Tensor, pass: Pass, labels: Tensor): Tensor
}

interface Settings extends Omit<Complete<typeof ADVERSARIAL>, 'imageShape'> {
  readonly latent: number
  readonly learningRate: Rate
  readonly beta1: number
  /** Adam's decay of the second moment. Default Adam's own. */
  readonly beta2?: number
  readonly imageShape: readonly [number, number, number]
  readonly classes?: number
}

/**
 * A step updates the discriminator, `criticSteps` times on batches of their own, then, with fresh noise, the generator; no
 * gradient of the other network is built. Real and generated images are two batches.
 */
export function adversarial(settings: Settings, networks: Networks): Graphs<'discriminator' | 'generator', never> {
  const { latent, learningRate, beta1, beta2 = 0.999, clipNorm, criticSteps, ema: decay, r1, diffAugment } = settings
  const { imageShape, classes } = settings
  const { generators, discriminators, generate, judge, loss, penalty, auxiliary } = networks
  const { generatorLoss = (scores: Tensor) => loss(1, scores) } = networks
  const clip = clipping(clipNorm)
  const discriminatorOptimizer = adam({ learningRate, beta1, beta2, name: 'adam_discriminator' })
  const generatorOptimizer = adam({ learningRate, beta1, beta2, name: 'adam_generator' })
  const average = decay ? ema(generators, { decay, warmup: true }) : null
  const change = changesOf(diffAugment, DIFFERENTIABLE)

  /** ½ · the mean over images of the squared slope of their scores (Mescheder et al. 2018, arXiv:1801.04406). */
  const slope = (images: Tensor, judged: Judge): Tensor =>
    mul(sum(square(gradients(sum(judged(images)), [images])[0]!)), r1 / 2 / images.shape[0]!)

  return {
    imageShape,
    codeShape: [latent],
    ...(classes !== undefined && { classes }),
    ...(criticSteps > 1 && { batchesPerStep: criticSteps }),
    dropRemainder: true,
    optimizers: [discriminatorOptimizer, generatorOptimizer],
    train(batch, pass) {
      const noise = () => randomNormal([batch.images.shape[0]!, latent], pass.stream('noise'))
      const plus = (x: Tensor, y: Tensor | undefined): Tensor => (y ? add(x, y) : x)

      // The graph of some rows of a step, which knows no others, is of its own batch.
      const batches = pass.batches.length ? pass.batches : [batch]
      const updates = batches.map(({ images, labels }, i): StageSpec => {
        const judged = (x: Tensor) => judge(x, pass, labels)
        const real = change(images, pass)
        const ofReal = loss(1, judged(real))
        const fake = change(generate(noise(), pass, labels), pass)
        let dLoss = add(ofReal, loss(0, judged(fake)))
        dLoss = plus(dLoss, auxiliary && labels && auxiliary(real, pass, labels))
        dLoss = plus(dLoss, penalty?.(real, fake, judged, pass))
        dLoss = plus(dLoss, r1 ? slope(real, judged) : undefined)
        const last = i === batches.length - 1
        const metrics: Record<string, Tensor> = last ? { discriminator: dLoss } : {}
        return minimize(discriminatorOptimizer, dLoss, discriminators, { metrics, ...clip })
      })
      const drawn = change(generate(noise(), pass, batch.labels), pass)
      const scores = judge(drawn, pass, batch.labels)
      const gLoss = plus(generatorLoss(scores), auxiliary && batch.labels && auxiliary(drawn, pass, batch.labels))
      const updateG = minimize(generatorOptimizer, gLoss, generators, { metrics: { generator: gLoss }, ...clip })
      return [...updates, updateG, ...(average ? [average.stage()] : [])]
    },
    discriminate: (images, pass, labels) => judge(images, pass, labels),
    decode(codes, pass, labels) {
      const images = generate(codes, pass, labels)
      return average ? average.apply(images) : images
    },
  }
}

/** max(1 − s, 0) of real images' scores and max(1 + s, 0) of others' (Lim & Ye 2017); the generator raises its scores. */
export const hingeLosses: Pick<Networks, 'loss' | 'generatorLoss'> = {
  loss: (wanted, scores) => hinge(wanted ? 1 : -1, scores),
  generatorLoss: (scores) => mul(mean(scores), -1),
}
