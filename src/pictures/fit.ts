// How a picture of any size comes into one of another: which part of it is shown, how large, and where.
// The sizes are those of Pillow's ImageOps.fit and ImageOps.contain.
import type { Box, Size } from './resample.ts'

/** `cover` fills the size and cuts off what is over, `contain` shows all and fills up, `stretch` changes proportions. */
export type Fit = 'cover' | 'contain' | 'stretch'

export interface Placed {
  /** What is shown of the picture. */
  readonly box: Box
  /** How large, and where. */
  readonly size: Size
  readonly left: number
  readonly top: number
}

export function placed(from: Size, to: Size, fit: Fit): Placed {
  const { width, height } = from
  const whole = { left: 0, top: 0, width, height }
  const wider = width * to.height - height * to.width
  if (fit === 'stretch' || wider === 0) return { box: whole, size: to, left: 0, top: 0 }
  if (fit === 'cover') {
    const [w, h] = wider > 0 ? [height * to.width / to.height, height] : [width, width * to.height / to.width]
    // Pillow keeps a box in f32.
    const [left, top] = [Math.fround((width - w) / 2), Math.fround((height - h) / 2)]
    const [right, bottom] = [Math.fround((width - w) / 2 + w), Math.fround((height - h) / 2 + h)]
    const box = { left, top, width: Math.min(right, width) - left, height: Math.min(bottom, height) - top }
    return { box, size: to, left: 0, top: 0 }
  }
  const size = wider > 0 ? { width: to.width, height: least(height / width * to.width) }
    : { width: least(width / height * to.height), height: to.height }
  return { box: whole, size, left: rounded((to.width - size.width) / 2), top: rounded((to.height - size.height) / 2) }
}

/** At least a pixel, of a picture that is much longer than wide. */
const least = (size: number): number => Math.max(1, rounded(size))

/** To the nearest, ties to even. */
function rounded(x: number): number {
  const nearest = Math.round(x)
  return nearest - x === 0.5 && nearest % 2 ? nearest - 1 : nearest
}
