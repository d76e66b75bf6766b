// How the standalone formats hold weights: an option of each.
import { flag, option, oneOf } from '../options.ts'
import type { Precision } from './wasm/pack.ts'

export const PRECISION = {
  float16: option(flag, false, 'weights in half floats: half the size'),
  quantize: option(oneOf('none', 'int8'), 'none', 'none, or int8: weights in bytes, scaled by channel: a quarter of the size'),
}

/** @throws RangeError where both are asked for */
export function precisionOf({ float16, quantize }: { float16: boolean; quantize: 'none' | 'int8' }): Precision {
  if (float16 && quantize !== 'none') throw new RangeError('export: float16 and quantize are given, expected one of them')
  return float16 ? 'float16' : quantize === 'int8' ? 'int8' : 'float32'
}
