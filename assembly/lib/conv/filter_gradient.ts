// The filter's gradient without packing: C(e, f) = Σ over patches p of element e of p · dy(p, f), in tiles of 4 elements × 8
// filters. In a padded image an element of the next patch lies at a fixed distance, so that a tile walks over the patches:
//
//       element 0 of patches  ▓ ─ ▓ ─ ▓      a row of patches is a run, acrossBytes from patch to patch
//                             │
//                             ▓ ─ ▓ ─ ▓      the next one is downBytes further
//
// Sums run over the patches of an image, then over the images of a group, both ascending; the host adds up the groups. Parts are
// of the tiles of all groups, so a thread mostly reads images of its own.
// Scratch of a thread: the header | the table of elements | dy of an image in whole panels | the padded image.
import { mergeTile } from '../gemm/epilogue'
import { MR, NR } from '../gemm/sizes'
import { ownScratch, partStart } from '../kernel'
import { runs4x16, runs4x8 } from '../tiles.generated'
import { Padded } from './padded'
import { CONV_HEADER, tileRows, writeTileRows } from './scratch'
import { LINE } from './table'

/** `b` is dy [images][patches][n]; `c` is [groups][m][n], where rows are patch elements (u, v, channel). */
@unmanaged
export class FilterGradient extends Padded {
  /** Patches of an image: rows and columns. */
  patchesY: i32
  patchesX: i32
  /** Taps in a row of a patch. */
  tapsX: i32
  groups: i32
}

export function filterGradient(d: FilterGradient, part: i32, parts: i32): void {
  const rows = (d.m + MR - 1) / MR
  const tiles = rows * ((d.n + NR - 1) / NR)
  let at = partStart(d.groups * tiles, 1, part, parts)
  const last = partStart(d.groups * tiles, 1, part + 1, parts)
  if (at == last) return
  const scratch = ownScratch(d.scratch, d.scratchPerThread)
  const copy = scratch + CONV_HEADER + <usize>rows * LINE
  const padded = copy + copyBytes(d)
  memory.fill(copy, 0, copyBytes(d) + d.bytes)
  writeTileRows(scratch)
  while (at < last) {
    const group = at / tiles
    const end = min(last, (group + 1) * tiles)
    writeTable(d, padded, scratch + CONV_HEADER, d.c + (<usize>(group * d.m * d.n) << 2))
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

/** Lines as those of table.ts: where four elements lie in patch 0, then their rows of C; the last stands for those missing. */
function writeTable(d: FilterGradient, padded: usize, table: usize, c: usize): void {
  const run = d.tapsX * d.channels
  for (let i = 0; i < d.m; i += MR, table += LINE) {
    for (let r = 0; r < MR; r++) {
      const element = min(i + r, d.m - 1)
      const u = element / run
      const place = table + (<usize>r << 2)
      store<usize>(place, padded + <usize>u * d.tapBytes + (<usize>(element - u * run) << 2))
      store<usize>(place, c + (<usize>(element * d.n) << 2), 16)
    }
  }
}

/** The tiles `from` … `to` − 1, row by row of C, over the images of a group. */
function sumGroup(d: FilterGradient, scratch: usize, copy: usize, padded: usize, group: i32, from: i32, to: i32): void {
  const patches = d.patchesY * d.patchesX
  const panels = (d.n + NR - 1) / NR
  const step = <usize>(panels * NR) << 2
  const first = partStart(d.imageCount, 1, group, d.groups)
  const end = partStart(d.imageCount, 1, group + 1, d.groups)
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
      const table = scratch + CONV_HEADER + <usize>row * LINE
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

/** A tile of 4 × 8: elements whose addresses in patch 0 are at `from`, times columns of dy, whose rows are `step` bytes apart. */
function sum4x8(d: FilterGradient, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  const run = d.acrossBytes * <usize>d.patchesX
  runs4x8(from, dy, d.patchesY, run, d.downBytes - run, d.acrossBytes, step, rows, j, accumulate, 0, 0, 0)
}

/** A tile of 4 × 16. */
function sum4x16(d: FilterGradient, from: usize, dy: usize, step: usize, rows: usize, j: usize, accumulate: i32): void {
  const run = d.acrossBytes * <usize>d.patchesX
  runs4x16(from, dy, dy + (NR << 2), d.patchesY, run, d.downBytes - run, d.acrossBytes, step, rows, j, accumulate, 0, 0)
}
