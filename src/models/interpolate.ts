// The walk between two codes. Numbers in, numbers out: what decodes them is elsewhere.

import { check, complete, floats, type Given, isCount, isNumber, oneOf, option, rule } from '../options.ts'

const OPTIONS = {
  /** How many codes, both ends included. Default 10. */
  steps: option(rule('an integer of 2 or more', isNumber, (x) => x > 1 && isCount(x)), 10),
  /** `gaussian` for codes drawn from a standard normal (vae, gan), `linear` for others (autoencoder). Default `linear`. */
  path: option(oneOf('linear', 'gaussian'), 'linear'),
}
export type InterpolateOptions = Given<typeof OPTIONS>

/** Numbers of the longest array that is made: 4 GB. */
const MOST = 1073741824

/**
 * `steps` codes from `a` to `b`, one after another, at t = i / (steps − 1).
 * `linear`: (1 − t)·a + t·b. `gaussian`: that, divided by √((1 − t)² + t²), so that between two independent standard
 * normal codes every point is standard normal too; the straight line would pass through codes that are too small.
 * @throws RangeError when the lengths differ or are 0, steps is not an integer of at least 2, or the path is unknown
 * @example
 * const codes = model.drawCodes(2)
 * const walk = model.decode(interpolate(codes.subarray(0, 20), codes.subarray(20), { steps: 8 }))
 */
export function interpolate(a: Float32Array, b: Float32Array, options: InterpolateOptions = {}): Float32Array {
  check('interpolate', 'a', a, floats)
  check('interpolate', 'b', b, floats)
  const { steps, path } = complete('interpolate', options, OPTIONS)
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(`interpolate: codes expected two of the same length, got ${a.length} and ${b.length} values`)
  }
  if (steps * a.length > MOST) throw new RangeError(`interpolate: steps is ${steps}, expected at most 2^30 numbers in all`)
  const codes = new Float32Array(steps * a.length)
  for (let i = 0; i < steps; i++) {
    const t = i / (steps - 1)
    const s = 1 - t
    const norm = path === 'gaussian' ? Math.sqrt(s * s + t * t) : 1
    for (let k = 0; k < a.length; k++) codes[i * a.length + k] = (s * a[k]! + t * b[k]!) / norm
  }
  return codes
}
