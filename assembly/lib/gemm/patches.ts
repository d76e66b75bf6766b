// A as patches of images, never written out (implicit im2col). Tap (u, v) of the patch at (y, x) is the pixel in row
// y·patchStepY + u·tapStepY + offsetY, and the column alike; outside of the image it is 0.
//
//                                  element (u, v, channel)
//                                ┌───────────────────────┐
//        patch (image, y, x)     │                       │      PatchRows: rows of A are patches
//                                └───────────────────────┘      PatchColumns: A is the transpose
import { Address } from '../layout'
import { Gemm } from './gemm'
import { GROUP, interleave, packColumns, rowsAtATime } from './pack'
import { MR } from './sizes'

@unmanaged
export class Patches extends Gemm {
  /** The images: [image][height][width][channels]. */
  images: Address
  height: i32
  width: i32
  channels: i32
  /** Patches of an image: rows and columns. */
  patchesY: i32
  patchesX: i32
  /** Pixels from a patch to the next, and from a tap to the next. */
  patchStepY: i32
  patchStepX: i32
  tapStepY: i32
  tapStepX: i32
  /** The first tap of the first patch: its row and column in the image. */
  offsetY: i32
  offsetX: i32
  /** Taps in a row of a patch. */
  tapsX: i32

  /** The address of a pixel, 0 outside of the image. */
  @inline
  at(image: i32, y: i32, x: i32): usize {
    return <u32>y < <u32>this.height && <u32>x < <u32>this.width
      ? this.images + (<usize>(((image * this.height + y) * this.width + x) * this.channels) << 2)
      : 0
  }
}

/** Row i is a patch, k runs over (u, v, channel): for a convolution, and for its gradient for the input. */
@unmanaged
export class PatchRows extends Patches {
  pack(i: i32, _left: i32, k: i32, depth: i32, to: usize, temporary: usize): i32 {
    this.origins(i, temporary)
    let tap = k / this.channels
    let c = k - tap * this.channels
    while (depth > 0) {
      const run = min(this.channels - c, depth)
      const u = tap / this.tapsX
      const dy = u * this.tapStepY
      const dx = (tap - u * this.tapsX) * this.tapStepX
      const skip = <usize>c << 2
      interleave(
        this.source(temporary, dy, dx, skip), this.source(temporary + 16, dy, dx, skip),
        this.source(temporary + 32, dy, dx, skip), this.source(temporary + 48, dy, dx, skip),
        run, to,
      )
      to += <usize>run << 4
      depth -= run
      c = 0
      tap++
    }
    return MR
  }

  /** Writes (image, y, x) of the first tap of four patches, 16 bytes each; image −1 beyond the last. */
  origins(i: i32, to: usize): void {
    for (let r = 0; r < 4; r++, i++, to += 16) {
      const inside = i < this.m
      store<i32>(to, inside ? i / (this.patchesY * this.patchesX) : -1)
      store<i32>(to, ((i / this.patchesX) % this.patchesY) * this.patchStepY + this.offsetY, 4)
      store<i32>(to, (i % this.patchesX) * this.patchStepX + this.offsetX, 8)
    }
  }

  /** The pixel (dy, dx) from an origin, `skip` bytes into its channels; 0 where there is none. */
  @inline
  source(origin: usize, dy: i32, dx: i32, skip: usize): usize {
    const image = load<i32>(origin)
    if (image < 0) return 0
    const p = this.at(image, load<i32>(origin, 4) + dy, load<i32>(origin, 8) + dx)
    return p ? p + skip : 0
  }
}

/** Row i is an element (u, v, channel), k runs over the patches: for the filter's gradient. */
@unmanaged
export class PatchColumns extends Patches {
  pack(i: i32, left: i32, k: i32, depth: i32, to: usize, temporary: usize): i32 {
    memory.fill(temporary, 0, GROUP * MR << 2)
    if (this.channels & 3) {
      for (let r = 0; r < MR; r++) this.elements(i + r, 1, k, depth, to + (<usize>r << 2), temporary)
      return MR
    }
    const rows = rowsAtATime(min(left, this.channels - i % this.channels))
    this.elements(i, rows, k, depth, to, temporary)
    return rows
  }

  /** Element i of `depth` patches, or `rows` from it on, which lie beside it, as packColumns puts them. `zeros`: as many. */
  elements(i: i32, rows: i32, k: i32, depth: i32, to: usize, zeros: usize): void {
    const panel = <usize>depth << 4
    const end = to + panel
    const tap = i / this.channels
    const skip = <usize>(i - tap * this.channels) << 2
    const u = tap / this.tapsX
    const top = u * this.tapStepY + this.offsetY
    const left = (tap - u * this.tapsX) * this.tapStepX + this.offsetX
    const inside = i < this.m
    let image = k / (this.patchesY * this.patchesX)
    let y = (k / this.patchesX) % this.patchesY
    let x = k % this.patchesX
    // A row of patches at a time.
    while (to < end) {
      const row = y * this.patchStepY + top
      const rowEnd = min(end, to + (<usize>(this.patchesX - x) << 4))
      if (inside && <u32>row < <u32>this.height) {
        to = this.pixels(image, row, x * this.patchStepX + left, skip, to, rowEnd, panel, rows, zeros)
      }
      packColumns(zeros, 0, to, rowEnd, panel, rows)
      to = rowEnd
      x = 0
      if (++y == this.patchesY) {
        y = 0
        image++
      }
    }
  }

  /** The pixels of a row from `column` on, `patchStepX` apart, zeros before the first; up to the last. Returns where it ended. */
  @inline
  pixels(
    image: i32, row: i32, column: i32, skip: usize, to: usize, end: usize, panel: usize, rows: i32, zeros: usize,
  ): usize {
    const patchStepX = this.patchStepX
    const width = this.width
    if (column < 0) {
      const before = (patchStepX - 1 - column) / patchStepX
      column += before * patchStepX
      const first = min(end, to + (<usize>before << 4))
      packColumns(zeros, 0, to, first, panel, rows)
      to = first
    }
    if (column >= width) return to
    const last = min(end, to + (<usize>((width - 1 - column) / patchStepX + 1) << 4))
    packColumns(this.at(image, row, column) + skip, <usize>(patchStepX * this.channels) << 2, to, last, panel, rows)
    return last
  }
}
