// The kernel distance between two sets of images: the unbiased estimate of the squared maximum mean discrepancy of their
// features. Source: Bińkowski et al. 2018, arXiv:1801.01401, section 4. It is a KID only where the features are Inception's.
import { type Features, rowsOfBoth } from './features.ts'

/**
 * Means of k(x, x′) over pairs of different real images, of k(y, y′) over pairs of generated ones, less twice the mean of
 * k(x, y), where k(a, b) = (a·b / width + 1)³. About 0 where both sets are of one distribution; it may be below.
 * @throws RangeError where there are less than two images of either, the widths differ, or features are not finite
 * @example
 * kernelDistance(await extractor.of(real), await extractor.of(model.sample(1000)))
 */
export function kernelDistance(real: Features, generated: Features): number {
  const [m, n] = rowsOfBoth('kernelDistance', real, generated, 2)
  const { width } = real
  return sumOfPairs(real, width) / (m * (m - 1)) + sumOfPairs(generated, width) / (n * (n - 1)) -
    (2 * sumOfKernels(real, generated, width)) / (m * n)
}

/** The kernel of row i of a and row j of b. */
function kernel(a: Features['values'], i: number, b: Features['values'], j: number, width: number): number {
  let dot = 0
  for (let k = 0, x = i * width, y = j * width; k < width; k++) dot += a[x++]! * b[y++]!
  const v = dot / width + 1
  return v * v * v
}

/** Over pairs of different rows, both orders. */
function sumOfPairs({ values }: Features, width: number): number {
  let sum = 0
  for (let i = 1; i < values.length / width; i++) {
    let row = 0
    for (let j = 0; j < i; j++) row += kernel(values, i, values, j, width)
    sum += row
  }
  return 2 * sum
}

function sumOfKernels({ values: a }: Features, { values: b }: Features, width: number): number {
  let sum = 0
  for (let i = 0; i < a.length / width; i++) {
    let row = 0
    for (let j = 0; j < b.length / width; j++) row += kernel(a, i, b, j, width)
    sum += row
  }
  return sum
}
