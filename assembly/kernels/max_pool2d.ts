// Max pooling, its gradient, and the gather at the maxima that is the gradient's gradient. The maximum of a window is
// its first in row-major order; a NaN counts as the largest. No indices are kept: they are found again from x.
import { register, shareStart } from '../lib/kernel'
import { endTap, firstTap, loadUpTo4, storeUpTo4, WindowArgs } from '../lib/window'

/** Channels of one share of the gradient: a cache line. */
const GROUP = 16

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
        const lanes = k.c - c
        let best = f32x4.splat(-Infinity)
        for (let iy = y0; iy < y1; iy++) {
          let p = k.a + (<usize>(((n * k.h + iy) * k.w + x0) * k.c + c) << 2)
          for (let ix = x0; ix < x1; ix++, p += <usize>k.c << 2) best = f32x4.max(best, loadUpTo4(p, lanes))
        }
        storeUpTo4(k.to + (<usize>((r * k.ow + ox) * k.c + c) << 2), best, lanes)
      }
    }
  }
}
register(max_pool2d_f32)

/** Byte offsets from `image` of the first maxima of the window at (oy, ox), for the channels c … c + 3. */
function argmax(k: WindowArgs, image: usize, oy: i32, ox: i32, c: i32): v128 {
  // Two copies: a call for the last channels, in the loop, costs the others their registers.
  return k.c - c >= 4 ? argmaxOf(k, image, oy, ox, c, 4) : argmaxOf(k, image, oy, ox, c, k.c - c)
}

// @ts-ignore: decorator
@inline
function argmaxOf(k: WindowArgs, image: usize, oy: i32, ox: i32, c: i32, lanes: i32): v128 {
  const y0 = firstTap(oy, k.sh, k.top)
  const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
  const x0 = firstTap(ox, k.sw, k.left)
  const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
  let at = ((y0 * k.w + x0) * k.c + c) << 2
  let best = loadUpTo4(image + <usize>at, lanes)
  let where = i32x4.splat(at)
  for (let iy = y0; iy < y1; iy++) {
    at = ((iy * k.w + x0) * k.c + c) << 2
    for (let ix = x0; ix < x1; ix++, at += k.c << 2) {
      const v = loadUpTo4(image + <usize>at, lanes)
      // Larger, or the first NaN: not (v ≤ best) while best is a number.
      const better = v128.andnot(f32x4.eq(best, best), f32x4.le(v, best))
      best = v128.bitselect(v, best, better)
      where = v128.bitselect(i32x4.splat(at), where, better)
    }
  }
  return where
}

// @ts-ignore: decorator
@inline
function addTo(to: usize, at: i32, from: usize, lane: usize): void {
  const p = to + <usize>at + (lane << 2)
  store<f32>(p, load<f32>(p) + load<f32>(from + (lane << 2)))
}

/** dx = 0, then dx[argmax of the window of x (`a`)] += dy (`b`) for all windows in order. */
export function max_pool2d_grad_f32(args: usize, thread: i32, threads: i32): void {
  const k = changetype<WindowArgs>(args)
  const groups = (k.c + GROUP - 1) / GROUP
  const end = shareStart(k.n * groups, 1, thread + 1, threads)
  for (let share = shareStart(k.n * groups, 1, thread, threads); share < end; share++) {
    const n = share / groups
    const c0 = (share - n * groups) * GROUP
    const c1 = min(c0 + GROUP, k.c)
    const image = k.a + (<usize>(n * k.h * k.w * k.c) << 2)
    const to = k.to + (<usize>(n * k.h * k.w * k.c) << 2)
    for (let i = 0; i < k.h * k.w; i++) memory.fill(to + (<usize>(i * k.c + c0) << 2), 0, <usize>(c1 - c0) << 2)
    for (let oy = 0; oy < k.oh; oy++) {
      for (let ox = 0; ox < k.ow; ox++) {
        for (let c = c0; c < c1; c += 4) {
          const at = argmax(k, image, oy, ox, c)
          const dy = k.b + (<usize>(((n * k.oh + oy) * k.ow + ox) * k.c + c) << 2)
          addTo(to, i32x4.extract_lane(at, 0), dy, 0)
          if (c + 1 < c1) addTo(to, i32x4.extract_lane(at, 1), dy, 1)
          if (c + 2 < c1) addTo(to, i32x4.extract_lane(at, 2), dy, 2)
          if (c + 3 < c1) addTo(to, i32x4.extract_lane(at, 3), dy, 3)
        }
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
    for (let ox = 0; ox < k.ow; ox++) {
      for (let c = 0; c < k.c; c += 4) {
        const at = argmax(k, k.a + image, r - n * k.oh, ox, c)
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
