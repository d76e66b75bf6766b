// Powers, of what the core has: products where the exponent is a small whole number, else e^(e · ln x).
import type { Tensor, Value } from '../graph/tensor.ts'
import { tensor, value } from '../graph/tensor.ts'
import { checked, isNumber } from '../options.ts'
import { mul, sub, sumTo } from './arithmetic.ts'
import { customGradient } from './custom.ts'
import { equal, where } from './compare.ts'
import { ones } from './fill.ts'
import { asTensor } from './lowering/elementwise.ts'
import { broadcastTo } from './reduce.ts'
import { exp, log, reciprocal, rsqrt, sqrt, square } from './unary.ts'

/** The largest whole exponent that is done by products: eight of them at most. */
const PRODUCTS = 64

/** x^n by squaring, n whole and positive. */
const product = (x: Tensor, n: number): Tensor =>
  (n === 1 ? x : n % 2 ? mul(x, product(x, n - 1)) : product(square(x), n / 2))

function byNumber(x: Tensor, e: number): Tensor | null {
  if (e === 0) return ones(x.shape)
  if (e === 0.5) return sqrt(x)
  if (e === -0.5) return rsqrt(x)
  if (!Number.isInteger(e) || Math.abs(e) > PRODUCTS) return null
  return e > 0 ? product(x, e) : reciprocal(product(x, -e))
}

/**
 * x^e, broadcast. For whole numbers e up to 64 it is a product, of x of any sign, within e/2 + 1 ulp; for ½ and −½ a root.
 * Otherwise it is e^(e · ln x), within 2·|e · ln x| + 2 ulp: NaN for x below 0, and x^0 = 1. The gradient for e at x = 0 is 0.
 * @throws RangeError where the shapes do not fit
 * @example
 * ops.pow(constant([2, 3]), 3) // [8, 27]
 */
export const pow = checked('pow', { x: tensor, 'the exponent': value }, (x: Tensor, e: Value): Tensor => {
  const found = isNumber(e) ? byNumber(x, e) : null
  if (found) return found
  const exponent = asTensor(e)
  const product = mul(exponent, log(x))
  const y = exp(where(broadcastTo(equal(exponent, 0), product.shape), 0, product))
  return customGradient(y, [x, exponent], (dy) => [
    sumTo(mul(dy, mul(exponent, pow(x, isNumber(e) ? e - 1 : sub(e, 1)))), x),
    sumTo(mul(dy, where(broadcastTo(equal(x, 0), y.shape), 0, mul(y, log(x)))), exponent),
  ])
})
