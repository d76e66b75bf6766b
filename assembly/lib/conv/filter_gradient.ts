// The filter's gradient without packing: tiles of 4 patch elements × 8 filters, summed over the patches of an image, then
// over the images of a group, both ascending; the host adds up the groups. Threads divide the tiles of all groups, so each
// mostly reads images of its own.
import { mergeTile } from '../gemm/loops'
import { MR, NR } from '../gemm/micro'
import { ownScratch, partStart } from '../kernel'
import { Padded } from './padded'
import { HEAD, runs4x8, tileRows, writeTileRows } from './tile'
import { runs4x16 } from './tile_wide'

/** `d.b` is dy [images, patches, n]; `d.c` is [groups, m, n], where rows are patch elements (u, v, channel). */
@unmanaged
export class FilterGradient extends Padded {
  /** Patches an image: rows and columns. */
  patchesY: i32
  patchesX: i32
  /** Taps in a row. */
  taps: i32
  groups: i32
}

export function filterGradient(d: FilterGradient, part: i32, parts: i32): void {
  const rows = (d.m + MR - 1) / MR
  const tiles = rows * ((d.n + NR - 1) / NR)
  let at = partStart(d.groups * tiles, 1, part, parts)
  const last = partStart(d.groups * tiles, 1, part + 1, parts)
  if (at == last) return
  const scratch = ownScratch(d.scratch, d.scratchPerThread)
  const copy = scratch + HEAD + (<usize>rows << 5)
  const padded = copy + copyBytes(d)
  memory.fill(copy, 0, copyBytes(d) + d.bytes)
  writeTileRows(scratch)
  while (at < last) {
    const group = at / tiles
    const end = min(last, (group + 1) * tiles)
    writeTable(d, padded, scratch + HEAD, d.c + (<usize>(group * d.m * d.n) << 2))
    sumGroup(d, scratch, copy, padded, group, at - group * tiles, end - group * tiles)
    at = end
  }
}

/** Bytes of dy of one image in rows of whole panels, where they are not. */
// @ts-ignore: decorator
@inline
function copyBytes(d: FilterGradient): usize {
  return d.n % NR ? <usize>(d.patchesY * d.patchesX * ((d.n + NR - 1) & ~(NR - 1))) << 2 : 0
}

/** For four patch elements at a time: where each lies in patch 0, then its row of C. The last stands for those missing. */
function writeTable(d: FilterGradient, padded: usize, table: usize, c: usize): void {
  const run = d.taps * d.channels
  for (let i = 0; i < d.m; i += MR, table += 32) {
    for (let r = 0; r < MR; r++) {
      const element = min(i + r, d.m - 1)
      const u = element / run
      const at = table + (<usize>r << 2)
      store<usize>(at, padded + <usize>u * d.tapBytes + (<usize>(element - u * run) << 2))
      store<usize>(at, c + (<usize>(element * d.n) << 2), 16)
    }
  }
}

/** The tiles `from` … `to` − 1 over the images of a group. */
function sumGroup(d: FilterGradient, scratch: usize, copy: usize, padded: usize, group: i32, from: i32, to: i32): void {
  const patches = d.patchesY * d.patchesX
  const panels = (d.n + NR - 1) / NR
  const step = <usize>(panels * NR) << 2
  const first = partStart(d.images, 1, group, d.groups)
  const end = partStart(d.images, 1, group + 1, d.groups)
  for (let image = first; image < end; image++) {
    d.fill(padded, image)
    let dy = d.b + (<usize>(image * patches * d.n) << 2)
    if (d.n % NR) {
      // Filters that do not fill panels of 8 are copied to rows that do, zeros between.
      for (let p = 0; p < patches; p++) {
        memory.copy(copy + <usize>p * step, dy + (<usize>(p * d.n) << 2), <usize>d.n << 2)
      }
      dy = copy
    }
    const accumulate = i32(image > first)
    for (let t = from; t < to; t++) {
      const row = t / panels
      const j = (t - row * panels) * NR
      const at = dy + (<usize>j << 2)
      const table = scratch + HEAD + (<usize>row << 5)
      if (WIDE && t + 1 < to && j + 2 * NR <= d.n) {
        sum4x16(d, table, at, step, table + 16, <usize>j << 2, accumulate)
        t++
        continue
      }
      if (j + NR <= d.n) sum4x8(d, table, at, step, table + 16, <usize>j << 2, accumulate)
      else {
        sum4x8(d, table, at, step, tileRows(scratch), 0, 0)
        mergeTile(d, scratch, table + 16, min(MR, d.m - row * MR), j, d.n - j, accumulate, false)
      }
    }
  }
}

/** Σ over patches of element r (its address for patch 0 in `from`) · dy. */
function sum4x8(d: FilterGradient, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  const run = d.acrossBytes * <usize>d.patchesX
  runs4x8(from, dy, d.patchesY, run, d.downBytes - run, d.acrossBytes, step, rows, j, accumulate, 0, 0, 0)
}

/** The same of 16 columns. */
function sum4x16(d: FilterGradient, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  const run = d.acrossBytes * <usize>d.patchesX
  runs4x16(from, dy, 32, d.patchesY, run, d.downBytes - run, d.acrossBytes, step, rows, j, accumulate, 0, 0)
}
