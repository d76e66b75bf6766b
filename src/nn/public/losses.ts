// What users see as `losses`.
export {
  binaryCrossentropy, gaussianKL, hinge, leastSquares, logLoss, meanAbsoluteError, meanSquaredError, sigmoidCrossEntropy,
  sumSquaredError,
} from '../losses.ts'
export { categoricalCrossentropy, softmaxCrossEntropy } from '../losses_categorical.ts'
