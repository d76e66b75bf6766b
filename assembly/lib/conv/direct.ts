// Convolution without packing the patches: tiles of 4 patches × 8 filters read the padded image in place. For the
// small filters of small images this saves most of the work; deep filters go through lib/gemm.
// A transposed convolution is several convolutions of one image, its phases: they read the same padded image.
// Scratch of a thread: the header | the padded images of a group | the phases' tables (table.ts).
// Invariant: an output is one sum over (u, v, channel), ascending.
import { Activation, mergeTile } from '../gemm/epilogue'
import { MR, NR } from '../gemm/sizes'
import { ownScratch, partStart } from '../kernel'
import { runs4x16, runs4x8, runs8x8 } from '../tiles.generated'
import { dots } from './dots'
import { Direct, Phase } from './phases'
import { CONV_HEADER, targetRows, tileRows, writeTileRows } from './scratch'
import { LINE, writeTables } from './table'

/** The images of a part. `dot`: few filters, packed [n][k], by dot products; else in panels of NR columns. */
export function convolve(d: Direct, part: i32, parts: i32, dot: bool): void {
  let image = partStart(d.imageCount, 1, part, parts)
  const last = partStart(d.imageCount, 1, part + 1, parts)
  if (image == last) return
  const scratch = ownScratch(d.scratch, d.scratchPerThread)
  const padded = scratch + CONV_HEADER
  const tables = padded + ((<usize>d.groupSize * d.bytes + 31) & ~31)
  writeTileRows(scratch)
  memory.fill(padded, 0, tables - padded)
  let written = 0
  for (; image < last; image += d.groupSize) {
    const count = min(d.groupSize, last - image)
    // They are the same for every group of so many images: `shift` is how far C lies from the first group's.
    if (count != written) writeTables(d, padded, tables, count)
    written = count
    for (let i = 0; i < count; i++) d.fill(padded + <usize>i * d.bytes, image + i)
    const shift = <usize>(image * d.strideImage) << 2
    let table = tables
    let at = changetype<usize>(d) + offsetof<Direct>()
    for (let i = 0; i < d.phaseCount; i++, at += offsetof<Phase>()) {
      const phase = changetype<Phase>(at)
      const end = table + <usize>((count * phase.patchesY * phase.patchesX + MR - 1) / MR) * LINE
      if (dot) for (let j = 0; j < d.n; j++) dots(d, phase, table, end, shift, j)
      else {
        let j = 0
        if (WIDE && d.activation <= Activation.RELU) {
          for (; j + 2 * NR <= d.n; j += 2 * NR) convolve16(d, phase, table, end, shift, j)
        }
        for (; j < d.n; j += NR) convolve8(d, phase, scratch, table, end, shift, j)
      }
      table = end
    }
  }
}

/** Eight filters, from j on, at the patches of a table. */
function convolve8(d: Direct, phase: Phase, scratch: usize, table: usize, end: usize, shift: usize, j: i32): void {
  const filters = phase.filters + <usize>(j * phase.tapsY) * phase.runBytes
  const columns = min(NR, d.n - j)
  const whole = columns == NR
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? d.bias + (<usize>j << 2) : 0
  if (WIDE && whole && d.activation <= Activation.RELU) {
    for (const even = table + ((end - table) & ~(2 * LINE - 1)); table < even; table += 2 * LINE) {
      runs8x8(
        table, filters, phase.tapsY, phase.runBytes, d.tapBytes - phase.runBytes, 4, NR << 2,
        table + 16, to, 0, bias, d.activation,
      )
    }
  }
  for (; table < end; table += LINE) {
    if (whole) tile4x8(d, phase, table, filters, table + 16, to, bias, d.activation)
    else {
      tile4x8(d, phase, table, filters, tileRows(scratch), 0, 0, 0)
      for (let r: usize = 0; r < 16; r += 4) store<usize>(targetRows(scratch) + r, load<usize>(table + r, 16) + shift)
      mergeTile(d, scratch, targetRows(scratch), MR, j, columns, 0, true)
    }
  }
}

/** Sixteen filters at the patches of a table. */
function convolve16(d: Direct, phase: Phase, table: usize, end: usize, shift: usize, j: i32): void {
  const depth = <usize>phase.tapsY * phase.runBytes
  const filters = phase.filters + <usize>j * depth
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? d.bias + (<usize>j << 2) : 0
  for (; table < end; table += LINE) {
    runs4x16(
      table, filters, filters + <usize>NR * depth, phase.tapsY, phase.runBytes, d.tapBytes - phase.runBytes, 4, NR << 2,
      table + 16, to, 0, bias, d.activation,
    )
  }
}

/** Four patches times eight filters. */
function tile4x8(
  d: Direct, phase: Phase, patches: usize, filters: usize, rows: usize, j: usize, bias: usize, activation: i32,
): void {
  runs4x8(
    patches, filters, phase.tapsY, phase.runBytes, d.tapBytes - phase.runBytes, 4, NR << 2,
    rows, j, 0, bias, activation, d.alpha,
  )
}
