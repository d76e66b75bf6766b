// The filter's gradient without packing: tiles of 4 patch elements × 8 filters, summed over the patches of an image, then
// over the images of a group, both ascending; the host adds up the groups. Threads share the tiles of all groups, so each
// mostly reads images of its own.
import { mergeTile } from '../gemm/loops'
import { MR, NR } from '../gemm/micro'
import { shareStart } from '../kernel'
import { Direct } from './padded'
import { HEAD, OFFSETS, ROWS, runs4x8, tileRows, writeTileRows } from './tile'

/** `d.b` is dy [images, patches, n]; `d.c` is [groups, m, n], where rows are patch elements (u, v, channel). */
@unmanaged
export class FilterGradient extends Direct {
  groups: i32
}

export function filterGradient(d: FilterGradient, thread: i32, threads: i32): void {
  const scratch = d.scratch + d.share * <usize>thread
  const tiles = ((d.m + MR - 1) / MR) * ((d.n + NR - 1) / NR)
  d.clear(paddedImage(d, scratch))
  if (d.n % NR) memory.fill(scratch + HEAD, 0, copyBytes(d))
  writeTileRows(scratch)
  const last = shareStart(d.groups * tiles, 1, thread + 1, threads)
  for (let at = shareStart(d.groups * tiles, 1, thread, threads); at < last;) {
    const group = at / tiles
    const end = min(last, (group + 1) * tiles)
    sumGroup(d, scratch, group, at - group * tiles, end - group * tiles)
    at = end
  }
}

/** Bytes of dy of one image in rows of whole panels. */
// @ts-ignore: decorator
@inline
function copyBytes(d: Direct): usize {
  return <usize>(d.patchesY * d.patchesX * ((d.n + NR - 1) & ~(NR - 1))) << 2
}

// @ts-ignore: decorator
@inline
function paddedImage(d: Direct, scratch: usize): usize {
  return scratch + HEAD + (d.n % NR ? copyBytes(d) : 0)
}

/** The tiles `from` … `to` − 1 over the images of a group. */
function sumGroup(d: FilterGradient, scratch: usize, group: i32, from: i32, to: i32): void {
  const patches = d.patchesY * d.patchesX
  const panels = (d.n + NR - 1) / NR
  const width = panels * NR
  const padded = paddedImage(d, scratch)
  const c = d.c + (<usize>(group * d.m * d.n) << 2)
  const first = shareStart(d.images, 1, group, d.groups)
  const end = shareStart(d.images, 1, group + 1, d.groups)
  for (let image = first; image < end; image++) {
    d.fill(padded, image)
    let dy = d.b + (<usize>(image * patches * d.n) << 2)
    if (d.n != width) {
      // Filters that do not fill panels of 8 are copied to rows that do, zeros between.
      const copy = scratch + HEAD
      for (let p = 0; p < patches; p++) {
        memory.copy(copy + (<usize>(p * width) << 2), dy + (<usize>(p * d.n) << 2), <usize>d.n << 2)
      }
      dy = copy
    }
    for (let t = from; t < to; t++) {
      tile(d, scratch, padded, c, dy, (t / panels) * MR, (t % panels) * NR, <usize>width << 2, i32(image > first))
    }
  }
}

function tile(
  d: Direct, scratch: usize, padded: usize, c: usize, dy: usize, i: i32, j: i32, step: usize, accumulate: i32,
): void {
  const run = d.taps * d.channels
  for (let r = 0; r < MR; r++) {
    const element = min(i + r, d.m - 1)
    const u = element / run
    store<usize>(scratch + OFFSETS + (<usize>r << 2), padded + <usize>u * d.tapBytes + (<usize>(element - u * run) << 2))
    store<usize>(scratch + ROWS + (<usize>r << 2), c + (<usize>(element * d.n) << 2))
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
