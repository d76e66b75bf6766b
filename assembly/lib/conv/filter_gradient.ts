// The filter's gradient without packing: tiles of 4 patch elements × 8 filters, summed over the patches of an image,
// then over images, both ascending. Threads share the tiles; each pads the images for itself.
import { mergeTile } from '../gemm/loops'
import { NR, put } from '../gemm/micro'
import { shareStart } from '../kernel'
import { madd } from '../simd'
import { Direct } from './padded'

const MR = 4
/** Start of a thread's scratch: a tile, its row addresses, C's row addresses, four offsets; then dy, then the image. */
const TILE_ROWS: usize = 128
const ROWS: usize = 144
const OFFSETS: usize = 160
const HEAD: usize = 192

/** `d.b` is dy [images, patches, n]; rows of C are patch elements (u, v, channel). */
export function filterGradient(d: Direct, thread: i32, threads: i32): void {
  const scratch = d.scratch + d.share * <usize>thread
  const patches = d.patchesY * d.patchesX
  const panels = (d.n + NR - 1) / NR
  const tiles = ((d.m + MR - 1) / MR) * panels
  // Filters that do not fill panels of 8 are copied to rows that do, zeros between.
  const whole = d.n % NR == 0
  const width = panels * NR
  const copy = scratch + HEAD
  const padded = copy + (whole ? 0 : <usize>(patches * width) << 2)
  d.clear(padded)
  if (!whole) memory.fill(copy, 0, <usize>(patches * width) << 2)
  for (let r = 0; r < MR; r++) store<usize>(scratch + TILE_ROWS + (<usize>r << 2), scratch + (<usize>r << 5))
  const from = shareStart(tiles, 1, thread, threads)
  const to = shareStart(tiles, 1, thread + 1, threads)
  for (let image = 0; image < d.images; image++) {
    d.fill(padded, image)
    let dy = d.b + (<usize>(image * patches * d.n) << 2)
    if (!whole) {
      for (let p = 0; p < patches; p++) memory.copy(copy + (<usize>(p * width) << 2), dy + (<usize>(p * d.n) << 2), <usize>d.n << 2)
      dy = copy
    }
    for (let t = from; t < to; t++) tile(d, scratch, padded, dy, (t / panels) * MR, (t % panels) * NR, <usize>width << 2, i32(image > 0))
  }
}

function tile(d: Direct, scratch: usize, padded: usize, dy: usize, i: i32, j: i32, step: usize, accumulate: i32): void {
  const run = d.taps * d.channels
  for (let r = 0; r < MR; r++) {
    const element = min(i + r, d.m - 1)
    const u = element / run
    store<usize>(scratch + OFFSETS + (<usize>r << 2), padded + <usize>u * d.tapBytes + (<usize>(element - u * run) << 2))
    store<usize>(scratch + ROWS + (<usize>r << 2), d.c + (<usize>(element * d.n) << 2))
  }
  const at = dy + (<usize>j << 2)
  if (i + MR <= d.m && j + NR <= d.n) sum4x8(d, scratch + OFFSETS, at, step, scratch + ROWS, <usize>j << 2, accumulate)
  else {
    sum4x8(d, scratch + OFFSETS, at, step, scratch + TILE_ROWS, 0, 0)
    mergeTile(d, scratch, scratch + ROWS, min(MR, d.m - i), j, min(NR, d.n - j), accumulate, false)
  }
}

/** Σ over patches of element r (its address for patch 0 in `from`) · dy. */
function sum4x8(d: Direct, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  const across = <usize>(d.stepX * d.channels) << 2
  const run = across * <usize>d.patchesX
  const down = d.rowBytes * <usize>d.stepY - run
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  for (let y = d.patchesY; y > 0; y--) {
    const end = p0 + run
    do {
      const b0 = v128.load(dy)
      const b1 = v128.load(dy, 16)
      const a0 = v128.load32_splat(p0)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      const a1 = v128.load32_splat(p1)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      const a2 = v128.load32_splat(p2)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      const a3 = v128.load32_splat(p3)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      p0 += across
      p1 += across
      p2 += across
      p3 += across
      dy += step
    } while (p0 != end)
    p0 += down
    p1 += down
    p2 += down
    p3 += down
  }
  put(load<usize>(rows) + j, c00, c01, accumulate)
  put(load<usize>(rows, 4) + j, c10, c11, accumulate)
  put(load<usize>(rows, 8) + j, c20, c21, accumulate)
  put(load<usize>(rows, 12) + j, c30, c31, accumulate)
}
