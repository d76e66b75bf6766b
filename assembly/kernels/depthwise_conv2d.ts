// Depthwise convolution and its two gradients. Output channel o belongs to input channel o / m and has the filter
// w[:, :, o], since [c, m] is stored as one axis. All three gather, so each output element has one order of summation.
import { register, shareStart } from '../lib/kernel'
import { endTap, firstTap, loadUpTo4, storeUpTo4, WindowArgs } from '../lib/window'
import { madd } from '../lib/simd'

/** x of the input channels that the output channels o … o + 3 belong to; `p` points at channel 0. */
// @ts-ignore: decorator
@inline
function owners(p: usize, o: i32, m: i32, lanes: i32): v128 {
  if (m == 1) return loadUpTo4(p + (<usize>o << 2), lanes)
  let v = v128.load32_zero(p + (<usize>(o / m) << 2))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(p + (<usize>((o + 1) / m) << 2)))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(p + (<usize>((o + 2) / m) << 2)))
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(p + (<usize>((o + 3) / m) << 2)))
  return v
}

/** Every m-th float at `p`: the j-th output channels of four neighbouring input channels. */
// @ts-ignore: decorator
@inline
function everyMth(p: usize, m: i32, lanes: i32): v128 {
  if (m == 1) return loadUpTo4(p, lanes)
  const step = <usize>m << 2
  let v = v128.load32_zero(p)
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(p + step))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(p + step * 2))
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(p + step * 3))
  return v
}

/** y[n, oy, ox, o] = Σ x[n, iy, ix, o / m] · w[ky, kx, o]; `a` is x, `b` is w */
export function depthwise_conv2d_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const channels = k.c * k.m
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const oy = r - n * k.oh
    const y0 = firstTap(oy, k.sh, k.top)
    const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
    for (let ox = 0; ox < k.ow; ox++) {
      const x0 = firstTap(ox, k.sw, k.left)
      const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
      for (let o = 0; o < channels; o += 4) {
        const lanes = channels - o
        let sum = f32x4.splat(0)
        for (let iy = y0; iy < y1; iy++) {
          const ky = iy - oy * k.sh + k.top
          const kx = x0 - ox * k.sw + k.left
          let x = k.a + (<usize>(((n * k.h + iy) * k.w + x0) * k.c) << 2)
          let w = k.b + (<usize>((ky * k.kw + kx) * channels + o) << 2)
          for (let ix = x0; ix < x1; ix++, x += <usize>k.c << 2, w += <usize>channels << 2) {
            sum = madd(owners(x, o, k.m, lanes), loadUpTo4(w, lanes), sum)
          }
        }
        storeUpTo4(k.to + (<usize>((r * k.ow + ox) * channels + o) << 2), sum, lanes)
      }
    }
  }
}
register(depthwise_conv2d_f32)

/** dx[n, iy, ix, c] = Σ dy[n, oy, ox, c·m + j] · w[ky, kx, c·m + j]; `a` is dy, `b` is w */
export function depthwise_conv2d_input_grad_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const channels = k.c * k.m
  const end = shareStart(k.n * k.h, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.h, 1, thread, threads); r < end; r++) {
    const n = r / k.h
    const iy = r - n * k.h
    for (let ix = 0; ix < k.w; ix++) {
      for (let c = 0; c < k.c; c += 4) {
        const lanes = k.c - c
        let sum = f32x4.splat(0)
        for (let ky = 0; ky < k.kh; ky++) {
          const ty = iy + k.top - ky
          const oy = ty / k.sh
          if (ty < 0 || oy * k.sh != ty || oy >= k.oh) continue
          for (let kx = 0; kx < k.kw; kx++) {
            const tx = ix + k.left - kx
            const ox = tx / k.sw
            if (tx < 0 || ox * k.sw != tx || ox >= k.ow) continue
            let dy = k.a + (<usize>(((n * k.oh + oy) * k.ow + ox) * channels + c * k.m) << 2)
            let w = k.b + (<usize>((ky * k.kw + kx) * channels + c * k.m) << 2)
            for (let j = 0; j < k.m; j++, dy += 4, w += 4) sum = madd(everyMth(dy, k.m, lanes), everyMth(w, k.m, lanes), sum)
          }
        }
        storeUpTo4(k.to + (<usize>((r * k.w + ix) * k.c + c) << 2), sum, lanes)
      }
    }
  }
}
register(depthwise_conv2d_input_grad_f32)

/** dw[ky, kx, o] = Σ x[n, iy, ix, o / m] · dy[n, oy, ox, o], summed by rows first; `a` is x, `b` is dy */
export function depthwise_conv2d_filter_grad_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const channels = k.c * k.m
  const quads = (channels + 3) >> 2
  const end = shareStart(k.kh * k.kw * quads, 1, thread + 1, threads)
  for (let share = shareStart(k.kh * k.kw * quads, 1, thread, threads); share < end; share++) {
    const tap = share / quads
    const o = (share - tap * quads) << 2
    const lanes = channels - o
    const ky = tap / k.kw
    const kx = tap - ky * k.kw
    let total = f32x4.splat(0)
    for (let n = 0; n < k.n; n++) {
      for (let oy = 0; oy < k.oh; oy++) {
        const iy = oy * k.sh - k.top + ky
        if (iy < 0 || iy >= k.h) continue
        let sum = f32x4.splat(0)
        for (let ox = 0; ox < k.ow; ox++) {
          const ix = ox * k.sw - k.left + kx
          if (ix < 0 || ix >= k.w) continue
          const x = k.a + (<usize>(((n * k.h + iy) * k.w + ix) * k.c) << 2)
          const dy = k.b + (<usize>(((n * k.oh + oy) * k.ow + ox) * channels + o) << 2)
          sum = madd(owners(x, o, k.m, lanes), loadUpTo4(dy, lanes), sum)
        }
        total = f32x4.add(total, sum)
      }
    }
    storeUpTo4(k.to + (<usize>(tap * channels + o) << 2), total, lanes)
  }
}
register(depthwise_conv2d_filter_grad_f32)
