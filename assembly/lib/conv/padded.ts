// One image with the zeros around it that its patches reach, in a thread's scratch: then every tap of every patch lies
// at a fixed distance from the patch's first, with no test for the border. Taps of 3 × 3:
//
//     top, left ┌───────────────────┐
//               │ 0  0  0  0  0  0  │     ▓ a patch: each row of its taps is one run of bytes
//               │ 0 ┌────────────┐0 │     ─ acrossBytes to the next patch
//               │ 0 │▓▓▓         │0 │     │ downBytes to the one below
//               │ 0 │▓▓▓         │0 │
//               │ 0 │▓▓▓   image │0 │     tapBytes from a row of taps to the next
//               │ 0 └────────────┘0 │
//               └───────────────────┘
import { Gemm } from '../gemm/gemm'
import { Address } from '../layout'

/** Arguments of the convolutions that pack nothing. Taps of a row lie side by side. */
@unmanaged
export class Padded extends Gemm {
  /** The images: [image][height][width][channels]. */
  images: Address
  imageCount: i32
  height: i32
  width: i32
  channels: i32
  /** The first row and column of the padded image, in the image: 0 or less where there is padding. */
  top: i32
  left: i32
  paddedHeight: i32
  paddedWidth: i32
  /** Pixels from a patch to the next, down and across, and from a row of taps to the next. */
  patchStepY: i32
  patchStepX: i32
  tapStepY: i32

  @inline get rowBytes(): usize { return <usize>(this.paddedWidth * this.channels) << 2 }
  /** Bytes of the padded image. */
  @inline get bytes(): usize { return <usize>this.paddedHeight * this.rowBytes }
  @inline get tapBytes(): usize { return <usize>this.tapStepY * this.rowBytes }
  @inline get downBytes(): usize { return <usize>this.patchStepY * this.rowBytes }
  @inline get acrossBytes(): usize { return <usize>(this.patchStepX * this.channels) << 2 }

  /** Copies the part of an image that patches reach to `padded`, which was all 0; the rest stays so. */
  fill(padded: usize, image: i32): void {
    const x0 = max(0, -this.left)
    const x1 = min(this.paddedWidth, this.width - this.left)
    if (x1 <= x0) return
    const bytes = <usize>((x1 - x0) * this.channels) << 2
    const y1 = min(this.paddedHeight, this.height - this.top)
    for (let y = max(0, -this.top); y < y1; y++) {
      const pixel = (image * this.height + y + this.top) * this.width + x0 + this.left
      let from = this.images + (<usize>(pixel * this.channels) << 2)
      let to = padded + <usize>y * this.rowBytes + (<usize>(x0 * this.channels) << 2)
      const end = to + bytes
      // Rows are short: V8's memory.copy is a call that costs as much as a hundred floats.
      for (const whole = to + (bytes & ~15); to < whole; to += 16, from += 16) v128.store(to, v128.load(from))
      for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from))
    }
  }
}
