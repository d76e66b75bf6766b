// Max pooling, its gradient, and the gather at the maxima that is the gradient's gradient. The maximum of a window is
// its first in row-major order; a NaN counts as the largest. No indices are kept: they are found again from x.
import { partStart, register } from '../lib/kernel'
import { endTap, firstTap, WindowArgs } from '../lib/window'
import { loadUpTo4, storeUpTo4 } from '../lib/simd'

// @ts-ignore: decorator
@inline
function max4(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  return f32x4.max(f32x4.max(v0, v1), f32x4.max(v2, v3))
}

/** The maxima of 8 channels of 2 × 2 elements, `across` and `down` bytes apart: the wide build's, by pairs of vectors. */
// @ts-ignore: decorator
@inline
function maxOf2x2(p: usize, across: usize, down: usize, to: usize): void {
  const q = p + across
  const r = p + down
  const s = q + down
  const low = max4(v128.load(p), v128.load(q), v128.load(r), v128.load(s))
  const high = max4(v128.load(p, 16), v128.load(q, 16), v128.load(r, 16), v128.load(s, 16))
  v128.store(to, low)
  v128.store(to, high, 16)
}

/** y[n, oy, ox, c] = max of the window of x (`a`) */
export function max_pool2d_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const end = partStart(k.n * k.oh, 1, part + 1, parts)
  for (let r = partStart(k.n * k.oh, 1, part, parts); r < end; r++) {
    const n = r / k.oh
    const oy = r - n * k.oh
    const y0 = firstTap(oy, k.sh, k.top)
    const y1 = endTap(oy, k.sh, k.top, k.kh, k.h)
    for (let ox = 0; ox < k.ow; ox++) {
      const x0 = firstTap(ox, k.sw, k.left)
      const x1 = endTap(ox, k.sw, k.left, k.kw, k.w)
      let c = 0
      if (WIDE && y1 - y0 == 2 && x1 - x0 == 2) {
        const window = k.a + (<usize>(((n * k.h + y0) * k.w + x0) * k.c) << 2)
        const to = k.to + (<usize>((r * k.ow + ox) * k.c) << 2)
        for (; c + 8 <= k.c; c += 8) {
          const q = <usize>c << 2
          maxOf2x2(window + q, <usize>k.c << 2, <usize>(k.w * k.c) << 2, to + q)
        }
      }
      for (; c < k.c; c += 4) {
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
register<WindowArgs>(max_pool2d_f32)

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
      const found = better(v, best)
      best = v128.bitselect(v, best, found)
      where = v128.bitselect(i32x4.splat(at), where, found)
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

/** v is the larger, or the first NaN: not (v ≤ best) while best is a number. */
// @ts-ignore: decorator
@inline
function better(v: v128, best: v128): v128 {
  return v128.andnot(f32x4.eq(best, best), f32x4.le(v, best))
}

/** dx = dy at the first maximum of 2 × 2 elements, else 0, for 8 channels. All is read before anything is written. */
// @ts-ignore: decorator
@inline
function spread2x2(x: usize, across: usize, down: usize, dy: usize, dx: usize): void {
  const x1 = x + across
  const x2 = x + down
  const x3 = x1 + down
  const dx1 = dx + across
  const dx2 = dx + down
  const dx3 = dx1 + down
  let best = v128.load(x)
  const g = v128.load(dy)
  const v1 = v128.load(x1)
  const b1 = better(v1, best)
  best = v128.bitselect(v1, best, b1)
  const v2 = v128.load(x2)
  const b2 = better(v2, best)
  best = v128.bitselect(v2, best, b2)
  const b3 = better(v128.load(x3), best)
  const b23 = v128.or(b2, b3)
  const g0 = v128.andnot(g, v128.or(b1, b23))
  const g1 = v128.and(g, v128.andnot(b1, b23))
  const g2 = v128.and(g, v128.andnot(b2, b3))
  const g3 = v128.and(g, b3)
  best = v128.load(x, 16)
  const h = v128.load(dy, 16)
  const w1 = v128.load(x1, 16)
  const c1 = better(w1, best)
  best = v128.bitselect(w1, best, c1)
  const w2 = v128.load(x2, 16)
  const c2 = better(w2, best)
  best = v128.bitselect(w2, best, c2)
  const c3 = better(v128.load(x3, 16), best)
  const c23 = v128.or(c2, c3)
  const h0 = v128.andnot(h, v128.or(c1, c23))
  const h1 = v128.and(h, v128.andnot(c1, c23))
  const h2 = v128.and(h, v128.andnot(c2, c3))
  const h3 = v128.and(h, c3)
  // Stores side by side are what V8 starts from.
  v128.store(dx, g0)
  v128.store(dx, h0, 16)
  v128.store(dx1, g1)
  v128.store(dx1, h1, 16)
  v128.store(dx2, g2)
  v128.store(dx2, h2, 16)
  v128.store(dx3, g3)
  v128.store(dx3, h3, 16)
}

/** Whether every element of an image lies in exactly one window. */
// @ts-ignore: decorator
@inline
function tiled(k: WindowArgs): bool {
  return k.sh == k.kh && k.sw == k.kw && k.oh * k.sh - k.top >= k.h && k.ow * k.sw - k.left >= k.w
}

/** dx = 0, then dx[argmax of the window of x (`a`)] += dy (`b`) for all windows in order. */
export function max_pool2d_grad_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const bytes = <usize>(k.h * k.w * k.c) << 2
  const add = !tiled(k)
  const end = partStart(k.n, 1, part + 1, parts)
  for (let n = partStart(k.n, 1, part, parts); n < end; n++) {
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
        let c = 0
        if (WIDE && !add && y1 - y0 == 2 && x1 - x0 == 2) {
          const at = <usize>((y0 * k.w + x0) * k.c) << 2
          for (; c + 8 <= k.c; c += 8) {
            const q = at + (<usize>c << 2)
            spread2x2(image + q, <usize>k.c << 2, <usize>(k.w * k.c) << 2, dy + (<usize>c << 2), to + q)
          }
        }
        for (; c < k.c; c += 4) {
          // Two copies: a call for the last channels, in the loop, costs the others their registers.
          if (k.c - c >= 4) spread(k, image, to, y0, y1, x0, x1, c, dy, add, 4)
          else spread(k, image, to, y0, y1, x0, x1, c, dy, add, k.c - c)
        }
        dy += <usize>k.c << 2
      }
    }
  }
}
register<WindowArgs>(max_pool2d_grad_f32)

// @ts-ignore: decorator
@inline
function pick(g: usize, at: i32, to: usize, lane: usize): void {
  store<f32>(to + (lane << 2), load<f32>(g + <usize>at + (lane << 2)))
}

/** y[window] = g (`b`) at the argmax of the window of x (`a`) */
export function max_pool2d_gather_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const end = partStart(k.n * k.oh, 1, part + 1, parts)
  for (let r = partStart(k.n * k.oh, 1, part, parts); r < end; r++) {
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
register<WindowArgs>(max_pool2d_gather_f32)
