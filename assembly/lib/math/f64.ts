// f64 helpers in exact operations only, for the optimizers and the Gaussian sampler.

/**
 * base^n by repeated squaring, bits of n from the lowest up; base^0 = 1, whatever the base. Relative error below n·2^-53
 * short of denormals (measured).
 */
export function powi(base: f64, n: u32): f64 {
  let power: f64 = 1
  while (n) {
    if (n & 1) power *= base
    n >>= 1
    if (n) base *= base
  }
  return power
}
