// Matrix products and convolutions: packing of the right side, then the product (lib/gemm).
import { gemm } from '../lib/gemm/loops'
import { Matrix } from '../lib/gemm/matrix'
import { packPanels } from '../lib/gemm/pack'
import { packA } from '../lib/gemm/pack_a'
import { PatchColumns, PatchRows } from '../lib/gemm/patches'
import { NC, NR, TILE_COLUMNS } from '../lib/gemm/sizes'
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'

/** B(k, n) lies at k1·stride1 + k2·stride2 + k3·stride3 + n·strideN, where k runs over (k1, k2, k3), k3 fastest. */
@unmanaged
class PackArgs {
  b: Address
  to: Address
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

/** B in panels of `width` columns, [n / width][k][width], zeros beyond the last column. */
export function pack_b_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<PackArgs>(args)
  const grain = a.width == NR ? TILE_COLUMNS : a.width
  const j1 = partStart(a.n, grain, part + 1, parts)
  const depth = a.k1 * a.k2 * a.k3
  const step = a.width == NR ? NC : a.width
  for (let j = partStart(a.n, grain, part, parts); j < j1; j += step) {
    let to = a.to + (<usize>(j * depth) << 2)
    for (let k1 = 0; k1 < a.k1; k1++) {
      for (let k2 = 0; k2 < a.k2; k2++) {
        const from = a.b + (<usize>(k1 * a.stride1 + k2 * a.stride2 + j * a.strideN) << 2)
        packPanels(from, a.k3, a.stride3, a.strideN, min(a.n, j1) - j, a.width, to, <usize>(depth * a.width) << 2)
        to += <usize>(a.k3 * a.width) << 2
      }
    }
  }
}
register<PackArgs>(pack_b_f32)

/** A of `gemm_f32`, whose words it takes, for all its parts: they then divide columns, not rows. */
export function pack_a_f32(args: usize, part: i32, parts: i32): void {
  if (ASC_FEATURE_THREADS) packA<Matrix>(args, part, parts)
}
register<Matrix>(pack_a_f32)

/** C = epilogue(A·B), A a matrix. */
export function gemm_f32(args: usize, part: i32, parts: i32): void {
  gemm<Matrix>(args, part, parts)
}
register<Matrix>(gemm_f32)

/** C = epilogue(patches·B): convolution, and its gradient for the input. */
export function gemm_patches_f32(args: usize, part: i32, parts: i32): void {
  gemm<PatchRows>(args, part, parts)
}
register<PatchRows>(gemm_patches_f32)

/** C = epilogue(patchesᵀ·B): the filter's gradient. */
export function gemm_patches_transposed_f32(args: usize, part: i32, parts: i32): void {
  gemm<PatchColumns>(args, part, parts)
}
register<PatchColumns>(gemm_patches_transposed_f32)
