// One image with the zeros around it that its patches reach, in a thread's scratch: then every tap of every patch lies
// at a fixed distance from the patch's first, with no test for the border.
import { Patches } from '../gemm/patches'

/**
 * Words of a direct convolution. Taps ascend: tap (u, v) of patch (y, x) is row y·stepY + u·tapY + offsetY, columns side
 * by side.
 */
@unmanaged
export class Direct extends Patches {
  images: i32
  tapsY: i32

  @inline get paddedHeight(): i32 { return (this.patchesY - 1) * this.stepY + (this.tapsY - 1) * this.tapY + 1 }
  @inline get paddedWidth(): i32 { return (this.patchesX - 1) * this.stepX + this.taps }
  /** Bytes of a padded row. */
  @inline get rowBytes(): usize { return <usize>(this.paddedWidth * this.channels) << 2 }
  /** Bytes from a patch's row of taps to its next. */
  @inline get tapBytes(): usize { return this.rowBytes * <usize>this.tapY }
  /** Bytes of the taps of one row: they and their channels lie side by side. */
  @inline get runBytes(): usize { return <usize>(this.taps * this.channels) << 2 }

  /** Where patch (y, x) begins in the padded image at `padded`. */
  @inline
  patch(padded: usize, y: i32, x: i32): usize {
    return padded + <usize>(y * this.stepY) * this.rowBytes + (<usize>(x * this.stepX * this.channels) << 2)
  }

  /** Copies the part of image `image` that patches reach; the rest stays as `clear` left it. */
  fill(padded: usize, image: i32): void {
    const x0 = max(0, -this.offsetX)
    const x1 = min(this.paddedWidth, this.width - this.offsetX)
    if (x1 <= x0) return
    const y1 = min(this.paddedHeight, this.height - this.offsetY)
    for (let y = max(0, -this.offsetY); y < y1; y++) {
      const from = ((image * this.height + y + this.offsetY) * this.width + x0 + this.offsetX) * this.channels
      const to = padded + <usize>y * this.rowBytes + (<usize>(x0 * this.channels) << 2)
      memory.copy(to, this.x + (<usize>from << 2), <usize>((x1 - x0) * this.channels) << 2)
    }
  }

  @inline
  clear(padded: usize): void {
    memory.fill(padded, 0, <usize>this.paddedHeight * this.rowBytes)
  }
}
