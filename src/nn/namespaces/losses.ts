// The namespace `losses` of the package: the exports of other files that users see.
export {
  binaryCrossentropy, gaussianKL, hinge, leastSquares, logLoss, meanAbsoluteError, meanSquaredError, sigmoidCrossEntropy,
  sumSquaredError,
} from '../losses.ts'
export { categoricalCrossentropy, softmaxCrossEntropy } from '../losses_categorical.ts'
