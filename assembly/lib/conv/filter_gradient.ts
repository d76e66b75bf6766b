// The filter's gradient without packing: tiles of 4 patch elements × 8 filters, summed over the patches of an image,
// then over images, both ascending. Threads share the tiles; each pads the images for itself.
import { mergeTile } from '../gemm/loops'
import { MR, NR } from '../gemm/micro'
import { shareStart } from '../kernel'
import { Direct } from './padded'
import { HEAD, OFFSETS, ROWS, runs4x8, tileRows, writeTileRows } from './tile'

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
  writeTileRows(scratch)
  const from = shareStart(tiles, 1, thread, threads)
  const to = shareStart(tiles, 1, thread + 1, threads)
  for (let image = 0; image < d.images; image++) {
    d.fill(padded, image)
    let dy = d.b + (<usize>(image * patches * d.n) << 2)
    if (!whole) {
      for (let p = 0; p < patches; p++) {
        memory.copy(copy + (<usize>(p * width) << 2), dy + (<usize>(p * d.n) << 2), <usize>d.n << 2)
      }
      dy = copy
    }
    for (let t = from; t < to; t++) {
      tile(d, scratch, padded, dy, (t / panels) * MR, (t % panels) * NR, <usize>width << 2, i32(image > 0))
    }
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
    sum4x8(d, scratch + OFFSETS, at, step, tileRows(scratch), 0, 0)
    mergeTile(d, scratch, scratch + ROWS, min(MR, d.m - i), j, min(NR, d.n - j), accumulate, false)
  }
}

/** Σ over patches of element r (its address for patch 0 in `from`) · dy. */
function sum4x8(d: Direct, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  const across = <usize>(d.stepX * d.channels) << 2
  const run = across * <usize>d.patchesX
  runs4x8(from, dy, d.patchesY, run, d.rowBytes * <usize>d.stepY - run, across, step, rows, j, accumulate)
}
