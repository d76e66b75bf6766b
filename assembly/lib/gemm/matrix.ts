// A as a matrix in memory, either side transposed: element (i, k) lies at i·rowStride + k·columnStride.
import { Address } from '../layout'
import { Gemm } from './gemm'
import { interleave, packColumns, rowsAtATime } from './pack'
import { MR } from './sizes'

@unmanaged
export class Matrix extends Gemm {
  a: Address
  rowStride: i32
  columnStride: i32

  pack(i: i32, left: i32, k: i32, depth: i32, to: usize, _temporary: usize): i32 {
    const rows = this.m - i
    const step = <usize>this.rowStride << 2
    let p = this.a + (<usize>(i * this.rowStride + k * this.columnStride) << 2)
    if (this.columnStride == 1) {
      interleave(p, rows > 1 ? p + step : 0, rows > 2 ? p + 2 * step : 0, rows > 3 ? p + 3 * step : 0, depth, to)
      return MR
    }
    const stride = <usize>this.columnStride << 2
    const end = to + (<usize>depth << 4)
    if (this.rowStride == 1 && rows >= MR) {
      const packed = rowsAtATime(min(left, rows))
      packColumns(p, stride, to, end, end - to, packed)
      return packed
    }
    for (; to < end; to += 16, p += stride) {
      for (let r: usize = 0; r < 4; r++) store<f32>(to + (r << 2), <i32>r < rows ? load<f32>(p + r * step) : 0)
    }
    return MR
  }
}
