// How fast a layer over a whole picture learns. Adam moves each weight by about its rate, whatever the gradient is, so a sum over
// n inputs that are alike moves n times as far: at 64 × 64 × 3 sixteen times as far as at 28 × 28, where the models' rates were
// chosen.

/** Inputs of the recipes that the rates were chosen for: 28 × 28 × 1. */
const INPUTS = 784

/** min(1, 784 / n): Yang et al. 2022, arXiv:2203.03466, table 8, has Adam's rate fall as 1 / n. */
export const inputLearningRateMultiplier = (inputs: number): number => Math.min(1, INPUTS / inputs)
