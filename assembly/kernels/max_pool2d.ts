// Max pooling, its gradient, and the gather at the maxima that is the gradient's gradient. The maximum of a window is
// its first in row-major order; a NaN counts as the largest. No indices are kept: they are found again from x.
import { register, shareStart } from '../lib/kernel'
import { endTap, firstTap, loadUpTo4, storeUpTo4, WindowArgs } from '../lib/window'

// @ts-ignore: decorator
@inline
function largest(k: WindowArgs, n: i32, y0: i32, y1: i32, x0: i32, x1: i32, c: i32, lanes: i32): v128 {
  let best = f32x4.splat(-Infinity)
  for (let iy = y0; iy < y1; iy++) {
    let p = k.a + (<usize>(((n * k.h + iy) * k.w + x0) * k.c + c) << 2)
    const end = p + (<usize>((x1 - x0) * k.c) << 2)
    for (; p < end; p += <usize>k.c << 2) best = f32x4.max(best, loadUpTo4(p, lanes))
  }
  return best
}

/** y[n, oy, ox, c] = max of the window of x (`a`) */
export function max_pool2d_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const oy = r - n * k.oh
    const y0 = firstTap(oy, k.sh, k.top)
    const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
    for (let ox = 0; ox < k.ow; ox++) {
      const x0 = firstTap(ox, k.sw, k.left)
      const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
      for (let c = 0; c < k.c; c += 4) {
        const to = k.to + (<usize>((r * k.ow + ox) * k.c + c) << 2)
        // Two copies, as in the gradient.
        if (k.c - c >= 4) v128.store(to, largest(k, n, y0, y1, x0, x1, c, 4))
        else storeUpTo4(to, largest(k, n, y0, y1, x0, x1, c, k.c - c), k.c - c)
      }
    }
  }
}
register(max_pool2d_f32)

/** Byte offsets from `image` of the first maxima of rows y0 … y1 − 1, columns x0 … x1 − 1, for the channels c … c + 3. */
// @ts-ignore: decorator
@inline
function argmax(k: WindowArgs, image: usize, y0: i32, y1: i32, x0: i32, x1: i32, c: i32, lanes: i32): v128 {
  const step = k.c << 2
  let at = ((y0 * k.w + x0) * k.c + c) << 2
  let best = loadUpTo4(image + <usize>at, lanes)
  let where = i32x4.splat(at)
  for (let iy = y0; iy < y1; iy++) {
    at = ((iy * k.w + x0) * k.c + c) << 2
    for (const end = at + (x1 - x0) * step; at < end; at += step) {
      const v = loadUpTo4(image + <usize>at, lanes)
      // Larger, or the first NaN: not (v ≤ best) while best is a number.
      const better = v128.andnot(f32x4.eq(best, best), f32x4.le(v, best))
      best = v128.bitselect(v, best, better)
      where = v128.bitselect(i32x4.splat(at), where, better)
    }
  }
  return where
}

/** dx[tap] (+)= dy where the tap is the window's maximum, else (+)= 0, for every tap of the window. */
// @ts-ignore: decorator
@inline
function spread(
  k: WindowArgs, image: usize, to: usize, y0: i32, y1: i32, x0: i32, x1: i32, c: i32, dy: usize, add: bool, lanes: i32,
): void {
  const where = argmax(k, image, y0, y1, x0, x1, c, lanes)
  const g = loadUpTo4(dy + (<usize>c << 2), lanes)
  const step = k.c << 2
  for (let iy = y0; iy < y1; iy++) {
    let at = ((iy * k.w + x0) * k.c + c) << 2
    for (const end = at + (x1 - x0) * step; at < end; at += step) {
      const v = v128.and(g, i32x4.eq(where, i32x4.splat(at)))
      storeUpTo4(to + <usize>at, add ? f32x4.add(loadUpTo4(to + <usize>at, lanes), v) : v, lanes)
    }
  }
}

/** Whether every element of an image lies in exactly one window. */
// @ts-ignore: decorator
@inline
function tiled(k: WindowArgs): bool {
  return k.sh == k.kh && k.sw == k.kw && k.oh * k.sh - k.top >= k.h && k.ow * k.sw - k.left >= k.w
}

/** dx = 0, then dx[argmax of the window of x (`a`)] += dy (`b`) for all windows in order. */
export function max_pool2d_grad_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const bytes = <usize>(k.h * k.w * k.c) << 2
  const add = !tiled(k)
  const end = shareStart(k.n, 1, thread + 1, threads)
  for (let n = shareStart(k.n, 1, thread, threads); n < end; n++) {
    const image = k.a + bytes * <usize>n
    const to = k.to + bytes * <usize>n
    let dy = k.b + (<usize>(n * k.oh * k.ow * k.c) << 2)
    if (add) memory.fill(to, 0, bytes)
    for (let oy = 0; oy < k.oh; oy++) {
      const y0 = firstTap(oy, k.sh, k.top)
      const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
      for (let ox = 0; ox < k.ow; ox++) {
        const x0 = firstTap(ox, k.sw, k.left)
        const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
        for (let c = 0; c < k.c; c += 4) {
          // Two copies: a call for the last channels, in the loop, costs the others their registers.
          if (k.c - c >= 4) spread(k, image, to, y0, y1, x0, x1, c, dy, add, 4)
          else spread(k, image, to, y0, y1, x0, x1, c, dy, add, k.c - c)
        }
        dy += <usize>k.c << 2
      }
    }
  }
}
register(max_pool2d_grad_f32)

// @ts-ignore: decorator
@inline
function pick(g: usize, at: i32, to: usize, lane: usize): void {
  store<f32>(to + (lane << 2), load<f32>(g + <usize>at + (lane << 2)))
}

/** y[window] = g (`b`) at the argmax of the window of x (`a`) */
export function max_pool2d_gather_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const end = shareStart(k.n * k.oh, 1, thread + 1, threads)
  for (let r = shareStart(k.n * k.oh, 1, thread, threads); r < end; r++) {
    const n = r / k.oh
    const image = <usize>(n * k.h * k.w * k.c) << 2
    const y0 = firstTap(r - n * k.oh, k.sh, k.top)
    const y1 = endTap(r - n * k.oh, k.sh, k.top, k.kh, k.h)
    for (let ox = 0; ox < k.ow; ox++) {
      const x0 = firstTap(ox, k.sw, k.left)
      const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
      for (let c = 0; c < k.c; c += 4) {
        const at = argmax(k, k.a + image, y0, y1, x0, x1, c, k.c - c)
        const to = k.to + (<usize>((r * k.ow + ox) * k.c + c) << 2)
        pick(k.b + image, i32x4.extract_lane(at, 0), to, 0)
        if (c + 1 < k.c) pick(k.b + image, i32x4.extract_lane(at, 1), to, 1)
        if (c + 2 < k.c) pick(k.b + image, i32x4.extract_lane(at, 2), to, 2)
        if (c + 3 < k.c) pick(k.b + image, i32x4.extract_lane(at, 3), to, 3)
      }
    }
  }
}
register(max_pool2d_gather_f32)
