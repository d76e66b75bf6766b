// Convolution without packing the patches: tiles of 4 patches × 8 filters read the padded image in place. For the
// small filters of small images this saves most of the work; deep filters go through lib/gemm.
// Each output is one sum over (u, v, channel) ascending.
import { finish } from '../gemm/epilogue'
import { finishRows, mergeTile } from '../gemm/loops'
import { MR, NR } from '../gemm/micro'
import { shareStart } from '../kernel'
import { madd } from '../simd'
import { Direct } from './padded'
import { HEAD, ROWS, runs4x8, tileRows, writeTileRows } from './tile'

/** Threads share the images. `dot`: few filters, packed [n][k], by dot products; else panels of 8. */
export function convolve(d: Direct, thread: i32, threads: i32, dot: bool): void {
  const scratch = d.scratch + d.share * <usize>thread
  const patches = d.patchesY * d.patchesX
  // For every patch, rounded up to whole tiles: where it begins, and where its output lies in an image.
  const starts = scratch + HEAD
  const outputs = starts + (<usize>(patches + 3) << 2)
  const sums = outputs + (<usize>(patches + 3) << 2)
  const padded = sums + (dot ? <usize>(patches + 3) << 2 : 0)
  for (let p = 0; p < patches + 3; p++) {
    const q = min(p, patches - 1)
    const y = q / d.patchesX
    const x = q % d.patchesX
    store<usize>(starts + (<usize>p << 2), d.patch(padded, y, x))
    store<usize>(outputs + (<usize>p << 2), d.c + (<usize>(y * d.strideY + x * d.strideX) << 2))
  }
  writeTileRows(scratch)
  d.clear(padded)
  const last = shareStart(d.images, 1, thread + 1, threads)
  for (let image = shareStart(d.images, 1, thread, threads); image < last; image++) {
    d.fill(padded, image)
    const shift = <usize>(image * d.strideImage) << 2
    if (dot) {
      for (let j = 0; j < d.n; j++) dotImage(d, starts, outputs, sums, patches, shift, j)
      continue
    }
    for (let j = 0; j < d.n; j += NR) {
      const b = d.b + (<usize>(j * d.k) << 2)
      const columns = min(NR, d.n - j)
      for (let p = 0; p < patches; p += MR) {
        const rows = scratch + ROWS
        for (let r: usize = 0; r < <usize>MR; r++) {
          store<usize>(rows + (r << 2), load<usize>(outputs + (<usize>p << 2) + (r << 2)) + shift)
        }
        const from = starts + (<usize>p << 2)
        if (columns == NR && p + MR <= patches) {
          tile4x8(d, from, b, rows, <usize>j << 2)
          finishRows(d, rows, j)
          continue
        } else tile4x8(d, from, b, tileRows(scratch), 0)
        mergeTile(d, scratch, rows, min(MR, patches - p), j, columns, 0, true)
      }
    }
  }
}

/** Four patches times eight filters. */
function tile4x8(d: Direct, from: usize, b: usize, rows: usize, j: usize): void {
  const run = d.runBytes
  runs4x8(from, b, d.tapsY, run, d.tapBytes - run, 4, 32, rows, j, 0)
}

/** One filter at every patch of an image: the sums side by side, then bias and activation, then to their places. */
function dotImage(d: Direct, starts: usize, outputs: usize, sums: usize, patches: i32, shift: usize, j: i32): void {
  const b = d.b + (<usize>(j * d.k) << 2)
  const bias = d.bias ? f32x4.splat(load<f32>(d.bias + (<usize>j << 2))) : f32x4.splat(0)
  const end = <usize>patches << 2
  for (let p: usize = 0; p < end; p += 16) {
    let v = dot4(d, starts + p, b)
    if (d.bias) v = f32x4.add(v, bias)
    v128.store(sums + p, d.activation ? finish(v, d.activation, d.alpha) : v)
  }
  const to = shift + (<usize>j << 2)
  for (let p: usize = 0; p < end; p += 4) store<f32>(load<usize>(outputs + p) + to, load<f32>(sums + p))
}

/** Four patches times one filter, by vectors along the run; its length is a multiple of 4. */
// @ts-ignore: decorator
@inline
function dot4(d: Direct, from: usize, b: usize): v128 {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  const run = d.runBytes
  const skip = d.tapBytes - run
  let c0 = f32x4.splat(0)
  let c1 = f32x4.splat(0)
  let c2 = f32x4.splat(0)
  let c3 = f32x4.splat(0)
  for (let u = d.tapsY; u > 0; u--) {
    const end = p0 + run
    do {
      const w = v128.load(b)
      c0 = madd(v128.load(p0), w, c0)
      c1 = madd(v128.load(p1), w, c1)
      c2 = madd(v128.load(p2), w, c2)
      c3 = madd(v128.load(p3), w, c3)
      p0 += 16
      p1 += 16
      p2 += 16
      p3 += 16
      b += 16
    } while (p0 != end)
    p0 += skip
    p1 += skip
    p2 += skip
    p3 += skip
  }
  // (0 + 1) + (2 + 3) of each: a transposition and three additions.
  const a0 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
  const a1 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
  const a2 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
  const a3 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
  const low = f32x4.add(v128.shuffle<i64>(a0, a2, 0, 2), v128.shuffle<i64>(a0, a2, 1, 3))
  return f32x4.add(low, f32x4.add(v128.shuffle<i64>(a1, a3, 0, 2), v128.shuffle<i64>(a1, a3, 1, 3)))
}
