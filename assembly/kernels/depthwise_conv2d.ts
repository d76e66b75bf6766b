// Depthwise convolution and its two gradients. Output channel o belongs to input channel o / m and has the filter
// w[:, :, o], since [c, m] is stored as one axis. All three gather, so each output element has one order of summation.
// Four whole channels and m = 1, the usual case, have innermost loops of their own, without branches.
import { partStart, register } from '../lib/kernel'
import { endTap, endWindow, firstTap, firstWindow, WindowArgs } from '../lib/window'
import { loadUpTo4, madd, storeUpTo4 } from '../lib/simd'

/** Every `step` bytes a float from `p` on, as many as there are lanes. */
function gather(p: usize, step: usize, lanes: i32): v128 {
  let v = v128.load32_zero(p)
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(p + step))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(p + step * 2))
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(p + step * 3))
  return v
}

/** x of the input channels that the output channels o … o + 3 belong to; `p` points at channel 0. */
function owners(p: usize, o: i32, m: i32, lanes: i32): v128 {
  if (m == 1) return loadUpTo4(p + (<usize>o << 2), lanes)
  let v = v128.load32_zero(p + (<usize>(o / m) << 2))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(p + (<usize>((o + 1) / m) << 2)))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(p + (<usize>((o + 2) / m) << 2)))
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(p + (<usize>((o + 3) / m) << 2)))
  return v
}

/** `sum` + Σ x · w over `count` pixels, for the output channels o … o + 3; `x` points at channel 0, `w` at channel o. */
// @ts-ignore: decorator
@inline
function along(x: usize, xStep: usize, w: usize, wStep: usize, count: i32, o: i32, m: i32, lanes: i32, sum: v128): v128 {
  if (m == 1 && lanes >= 4) {
    for (x += <usize>o << 2; count > 0; count--, x += xStep, w += wStep) sum = madd(v128.load(x), v128.load(w), sum)
  } else {
    for (; count > 0; count--, x += xStep, w += wStep) sum = madd(owners(x, o, m, lanes), loadUpTo4(w, lanes), sum)
  }
  return sum
}

/** y[n, oy, ox, o] = Σ x[n, iy, ix, o / m] · w[ky, kx, o]; `a` is x, `b` is w */
export function depthwise_conv2d_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const channels = k.c * k.m
  const end = partStart(k.n * k.oh, 1, part + 1, parts)
  for (let r = partStart(k.n * k.oh, 1, part, parts); r < end; r++) {
    const n = r / k.oh
    const oy = r - n * k.oh
    const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
    for (let ox = 0; ox < k.ow; ox++) {
      const y = k.to + (<usize>((r * k.ow + ox) * channels) << 2)
      const x0 = firstTap(ox, k.sw, k.left)
      const taps = endTap(ox, k.sw, k.left, k.kw, k.w) - x0
      const kx = x0 - ox * k.sw + k.left
      for (let o = 0; o < channels; o += 4) {
        let sum = f32x4.splat(0)
        for (let iy = firstTap(oy, k.sh, k.top); iy < y1; iy++) {
          const ky = iy - oy * k.sh + k.top
          const x = k.a + (<usize>(((n * k.h + iy) * k.w + x0) * k.c) << 2)
          const w = k.b + (<usize>((ky * k.kw + kx) * channels + o) << 2)
          sum = along(x, <usize>k.c << 2, w, <usize>channels << 2, taps, o, k.m, channels - o, sum)
        }
        storeUpTo4(y + (<usize>o << 2), sum, channels - o)
      }
    }
  }
}
register<WindowArgs>(depthwise_conv2d_f32)

/** dx[n, iy, ix, c] = Σ dy[n, oy, ox, c·m + j] · w[ky, kx, c·m + j]; `a` is dy, `b` is w */
export function depthwise_conv2d_input_grad_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const m = k.m
  const channels = k.c * m
  const end = partStart(k.n * k.h, 1, part + 1, parts)
  for (let r = partStart(k.n * k.h, 1, part, parts); r < end; r++) {
    const n = r / k.h
    const iy = r - n * k.h
    const oy1 = endWindow(iy, k.sh, k.top, k.oh)
    for (let ix = 0; ix < k.w; ix++) {
      const dx = k.to + (<usize>((r * k.w + ix) * k.c) << 2)
      const ox0 = firstWindow(ix, k.sw, k.left, k.kw)
      const ox1 = endWindow(ix, k.sw, k.left, k.ow)
      // From one window to the next the tap is a stride nearer to the filter's start.
      const wStep = <usize>(-k.sw * channels) << 2
      for (let c = 0; c < k.c; c += 4) {
        const lanes = k.c - c
        let sum = f32x4.splat(0)
        for (let oy = firstWindow(iy, k.sh, k.top, k.kh); oy < oy1; oy++) {
          const ky = iy + k.top - oy * k.sh
          const kx = ix + k.left - ox0 * k.sw
          let dy = k.a + (<usize>(((n * k.oh + oy) * k.ow + ox0) * channels + c * m) << 2)
          let w = k.b + (<usize>((ky * k.kw + kx) * channels + c * m) << 2)
          for (let ox = ox0; ox < ox1; ox++, dy += <usize>channels << 2, w += wStep) {
            if (m == 1 && lanes >= 4) sum = madd(v128.load(dy), v128.load(w), sum)
            else {
              const step = <usize>m << 2
              for (let j: usize = 0; j < step; j += 4) sum = madd(gather(dy + j, step, lanes), gather(w + j, step, lanes), sum)
            }
          }
        }
        storeUpTo4(dx + (<usize>c << 2), sum, lanes)
      }
    }
  }
}
register<WindowArgs>(depthwise_conv2d_input_grad_f32)

/** dw[ky, kx, o] = Σ x[n, iy, ix, o / m] · dy[n, oy, ox, o], summed by rows first; `a` is x, `b` is dy */
export function depthwise_conv2d_filter_grad_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const channels = k.c * k.m
  const quads = (channels + 3) >> 2
  const end = partStart(k.kh * k.kw * quads, 1, part + 1, parts)
  for (let unit = partStart(k.kh * k.kw * quads, 1, part, parts); unit < end; unit++) {
    const tap = unit / quads
    const o = (unit - tap * quads) << 2
    const ky = tap / k.kw
    const kx = tap - ky * k.kw
    // The outputs whose tap kx lies in the image.
    const ox0 = firstWindow(0, k.sw, k.left - kx, 1)
    const ox1 = kx - k.left < k.w ? endWindow(k.w - 1, k.sw, k.left - kx, k.ow) : 0
    let total = f32x4.splat(0)
    for (let n = 0; n < k.n; n++) {
      for (let oy = 0; oy < k.oh; oy++) {
        const iy = oy * k.sh - k.top + ky
        if (iy < 0 || iy >= k.h) continue
        const x = k.a + (<usize>(((n * k.h + iy) * k.w + ox0 * k.sw - k.left + kx) * k.c) << 2)
        const dy = k.b + (<usize>(((n * k.oh + oy) * k.ow + ox0) * channels + o) << 2)
        const zero = f32x4.splat(0)
        const sum = along(x, <usize>(k.sw * k.c) << 2, dy, <usize>channels << 2, ox1 - ox0, o, k.m, channels - o, zero)
        total = f32x4.add(total, sum)
      }
    }
    storeUpTo4(k.to + (<usize>(tap * channels + o) << 2), total, channels - o)
  }
}
register<WindowArgs>(depthwise_conv2d_filter_grad_f32)
