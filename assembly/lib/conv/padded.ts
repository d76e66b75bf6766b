// One image with the zeros around it that its patches reach, in a thread's scratch: then every tap of every patch lies
// at a fixed distance from the patch's first, with no test for the border.
import { Gemm } from '../gemm/loops'
import { Address } from '../layout'

/** Words of a direct convolution. Its patches step by `stepY`, `stepX`; their taps by `tapY`, and lie side by side in a row. */
@unmanaged
export class Padded extends Gemm {
  x: Address
  images: i32
  height: i32
  width: i32
  channels: i32
  /** The padded image: its first row and column, in the image; its rows and columns. */
  top: i32
  left: i32
  rows: i32
  columns: i32
  stepY: i32
  stepX: i32
  tapY: i32

  @inline get rowBytes(): usize { return <usize>(this.columns * this.channels) << 2 }
  @inline get bytes(): usize { return <usize>this.rows * this.rowBytes }
  /** Bytes from a patch's row of taps to its next. */
  @inline get tapBytes(): usize { return <usize>this.tapY * this.rowBytes }
  /** Bytes from a patch to the next below, and to the next in its row. */
  @inline get downBytes(): usize { return <usize>this.stepY * this.rowBytes }
  @inline get acrossBytes(): usize { return <usize>(this.stepX * this.channels) << 2 }

  /** Copies the part of image `image` that patches reach to `padded`, which was all 0; the rest stays so. */
  fill(padded: usize, image: i32): void {
    const x0 = max(0, -this.left)
    const x1 = min(this.columns, this.width - this.left)
    if (x1 <= x0) return
    const bytes = <usize>((x1 - x0) * this.channels) << 2
    const y1 = min(this.rows, this.height - this.top)
    for (let y = max(0, -this.top); y < y1; y++) {
      let from = this.x + (<usize>(((image * this.height + y + this.top) * this.width + x0 + this.left) * this.channels) << 2)
      let to = padded + <usize>y * this.rowBytes + (<usize>(x0 * this.channels) << 2)
      const end = to + bytes
      // Rows are short: V8's memory.copy is a call that costs as much as a hundred floats.
      for (const whole = to + (bytes & ~15); to < whole; to += 16, from += 16) v128.store(to, v128.load(from))
      for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from))
    }
  }
}
