// Matrix products and convolutions: packing of the right side, then the product (lib/gemm).
import { gemm } from '../lib/gemm/loops'
import { Matrix } from '../lib/gemm/matrix'
import { NR } from '../lib/gemm/micro'
import { storeTransposed } from '../lib/gemm/pack'
import { PatchColumns, PatchRows } from '../lib/gemm/patches'
import { register, shareStart } from '../lib/kernel'

/** B(k, n) lies at k1·stride1 + k2·stride2 + k3·stride3 + n·strideN, where k runs over (k1, k2, k3), k3 fastest. */
@unmanaged
class PackArgs {
  b: usize
  to: usize
  k1: i32
  k2: i32
  k3: i32
  n: i32
  stride1: i32
  stride2: i32
  stride3: i32
  strideN: i32
  /** columns of a panel: 8 or 1 */
  width: i32
}

/** Panels that are packed together where columns lie side by side: two cache lines of each row. */
const TOGETHER = 4

/** B in panels of `width` columns, [n / width][k][width], zeros beyond the last column. */
export function pack_b_f32(args: usize, thread: i32, threads: i32): void {
  const a = changetype<PackArgs>(args)
  const j1 = shareStart(a.n, a.width, thread + 1, threads)
  const whole = min(j1, a.n)
  let j = shareStart(a.n, a.width, thread, threads)
  while (j < j1) {
    const panels = a.width == NR && a.strideN == 1 && j + TOGETHER * NR <= whole ? TOGETHER : 1
    let to = a.to + (<usize>(j * a.k1 * a.k2 * a.k3) << 2)
    for (let k1 = 0; k1 < a.k1; k1++) {
      for (let k2 = 0; k2 < a.k2; k2++) {
        const from = a.b + (<usize>(k1 * a.stride1 + k2 * a.stride2 + j * a.strideN) << 2)
        if (panels > 1) packRows(a, from, to)
        else packRun(a, from, min(a.width, a.n - j), to)
        to += <usize>(a.k3 * a.width) << 2
      }
    }
    j += panels * a.width
  }
}
register(pack_b_f32)

/** Rows of TOGETHER whole panels: a row's columns are read at once, where panel by panel each of its lines would be twice. */
function packRows(a: PackArgs, from: usize, to: usize): void {
  const panel = <usize>(a.k1 * a.k2 * a.k3 * NR) << 2
  const step = <usize>a.stride3 << 2
  for (let end = to + (<usize>(a.k3 * NR) << 2); to < end; to += 32, from += step) {
    let row = to
    v128.store(row, v128.load(from))
    v128.store(row, v128.load(from, 16), 16)
    row += panel
    v128.store(row, v128.load(from, 32))
    v128.store(row, v128.load(from, 48), 16)
    row += panel
    v128.store(row, v128.load(from, 64))
    v128.store(row, v128.load(from, 80), 16)
    row += panel
    v128.store(row, v128.load(from, 96))
    v128.store(row, v128.load(from, 112), 16)
  }
}

function packRun(a: PackArgs, from: usize, columns: i32, to: usize): void {
  const row = <usize>a.width << 2
  const end = to + <usize>a.k3 * row
  const step = <usize>a.stride3 << 2
  const across = <usize>a.strideN << 2
  if (columns == NR && a.strideN == 1) {
    for (; to < end; to += 32, from += step) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
    }
    return
  }
  if (columns == NR && a.stride3 == 1) {
    for (; to + 128 <= end; to += 128, from += 16) {
      const half = from + 4 * across
      const v0 = v128.load(from)
      storeTransposed(to, 32, v0, v128.load(from + across), v128.load(from + 2 * across), v128.load(from + 3 * across))
      const v4 = v128.load(half)
      storeTransposed(to + 16, 32, v4, v128.load(half + across), v128.load(half + 2 * across), v128.load(half + 3 * across))
    }
  }
  for (; to < end; to += row, from += step) {
    for (let n = 0; n < a.width; n++) store<f32>(to + (<usize>n << 2), n < columns ? load<f32>(from + <usize>n * across) : 0)
  }
}

/** C = epilogue(A·B), A a matrix. */
export function gemm_f32(args: usize, thread: i32, threads: i32): void {
  gemm<Matrix>(args, thread, threads)
}
register(gemm_f32)

/** C = epilogue(patches·B): convolution, and its gradient for the input. */
export function gemm_patches_f32(args: usize, thread: i32, threads: i32): void {
  gemm<PatchRows>(args, thread, threads)
}
register(gemm_patches_f32)

/** C = epilogue(patchesᵀ·B): the filter's gradient. */
export function gemm_patches_transposed_f32(args: usize, thread: i32, threads: i32): void {
  gemm<PatchColumns>(args, thread, threads)
}
register(gemm_patches_transposed_f32)
