// Average pooling over the elements of each window that lie in the image (padding is not counted), and its gradient,
// which gathers for each element the windows that cover it.
import { partStart, register } from '../lib/kernel'
import { endTap, endWindow, firstTap, firstWindow, WindowArgs } from '../lib/window'
import { loadUpTo4, storeUpTo4 } from '../lib/simd'

/** y[n, oy, ox, c] = mean of the window of x (`a`) */
export function avg_pool2d_f32(args: usize, part: i32, parts: i32): void {
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
      const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)))
      for (let c = 0; c < k.c; c += 4) {
        const lanes = k.c - c
        let sum = f32x4.splat(0)
        for (let iy = y0; iy < y1; iy++) {
          let p = k.a + (<usize>(((n * k.h + iy) * k.w + x0) * k.c + c) << 2)
          for (let ix = x0; ix < x1; ix++, p += <usize>k.c << 2) sum = f32x4.add(sum, loadUpTo4(p, lanes))
        }
        storeUpTo4(k.to + (<usize>((r * k.ow + ox) * k.c + c) << 2), f32x4.div(sum, count), lanes)
      }
    }
  }
}
register<WindowArgs>(avg_pool2d_f32)

/** dx[n, iy, ix, c] = Σ dy (`a`) / count over the windows that cover (iy, ix) */
export function avg_pool2d_grad_f32(args: usize, part: i32, parts: i32): void {
  const k = changetype<WindowArgs>(args)
  const end = partStart(k.n * k.h, 1, part + 1, parts)
  for (let r = partStart(k.n * k.h, 1, part, parts); r < end; r++) {
    const n = r / k.h
    const iy = r - n * k.h
    const oy0 = firstWindow(iy, k.sh, k.top, k.kh)
    const oy1 = endWindow(iy, k.sh, k.top, k.oh)
    for (let ix = 0; ix < k.w; ix++) {
      const ox0 = firstWindow(ix, k.sw, k.left, k.kw)
      const ox1 = endWindow(ix, k.sw, k.left, k.ow)
      const to = k.to + (<usize>((r * k.w + ix) * k.c) << 2)
      memory.fill(to, 0, <usize>k.c << 2)
      for (let oy = oy0; oy < oy1; oy++) {
        const rows = endTap(oy, k.sh, k.top, k.kh, k.h) - firstTap(oy, k.sh, k.top)
        for (let ox = ox0; ox < ox1; ox++) {
          const columns = endTap(ox, k.sw, k.left, k.kw, k.w) - firstTap(ox, k.sw, k.left)
          addShare(k.a + (<usize>(((n * k.oh + oy) * k.ow + ox) * k.c) << 2), <f32>(rows * columns), k.c, to)
        }
      }
    }
  }
}
register<WindowArgs>(avg_pool2d_grad_f32)

/** to += dy / count, for all channels of a pixel */
// @ts-ignore: decorator
@inline
function addShare(dy: usize, count: f32, channels: i32, to: usize): void {
  const counts = f32x4.splat(count)
  const end = to + (<usize>(channels & ~3) << 2)
  for (; to < end; dy += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), f32x4.div(v128.load(dy), counts)))
  for (const last = end + (<usize>(channels & 3) << 2); to < last; dy += 4, to += 4) {
    store<f32>(to, load<f32>(to) + load<f32>(dy) / count)
  }
}
