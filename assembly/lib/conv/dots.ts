// One filter at a time, where a panel of eight would be mostly zeros: dot products along the run of taps, by vectors of four
// floats, of four patches together. A run's length is a multiple of 4.
import { finish } from '../gemm/epilogue'
import { madd } from '../simd'
import { Direct, Phase } from './phases'
import { LINE } from './table'

/** Filter j at the patches of a table. */
export function dots(d: Direct, phase: Phase, table: usize, end: usize, shift: usize, j: i32): void {
  const filter = phase.filters + <usize>(j * phase.tapsY) * phase.runBytes
  const to = shift + (<usize>j << 2)
  const bias = d.bias ? v128.load32_splat(d.bias + (<usize>j << 2)) : f32x4.splat(0)
  const run = phase.runBytes
  const skip = d.tapBytes - run
  for (; table < end; table += LINE) {
    let v = f32x4.add(dot4(table, filter, phase.tapsY, run, skip), bias)
    if (d.activation) v = finish(v, d.activation, d.alpha)
    v128.store_lane<f32>(load<usize>(table, 16) + to, v, 0)
    v128.store_lane<f32>(load<usize>(table, 20) + to, v, 1)
    v128.store_lane<f32>(load<usize>(table, 24) + to, v, 2)
    v128.store_lane<f32>(load<usize>(table, 28) + to, v, 3)
  }
}

/** The filter times the four patches whose addresses are at `patches`: `tapsY` runs of `run` bytes, `skip` bytes between two. */
// @ts-ignore: decorator
@inline
function dot4(patches: usize, filter: usize, tapsY: i32, run: usize, skip: usize): v128 {
  let p0 = load<usize>(patches)
  let p1 = load<usize>(patches, 4)
  let p2 = load<usize>(patches, 8)
  let p3 = load<usize>(patches, 12)
  let c0 = f32x4.splat(0)
  let c1 = f32x4.splat(0)
  let c2 = f32x4.splat(0)
  let c3 = f32x4.splat(0)
  for (let u = tapsY; u > 0; u--) {
    const end = p0 + run
    do {
      const w = v128.load(filter)
      c0 = madd(v128.load(p0), w, c0)
      c1 = madd(v128.load(p1), w, c1)
      c2 = madd(v128.load(p2), w, c2)
      c3 = madd(v128.load(p3), w, c3)
      p0 += 16
      p1 += 16
      p2 += 16
      p3 += 16
      filter += 16
    } while (p0 != end)
    p0 += skip
    p1 += skip
    p2 += skip
    p3 += skip
  }
  // (0 + 1) + (2 + 3) of each: a transposition and three additions.
  const a0 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
  const a1 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
  const a2 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
  const a3 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
  const low = f32x4.add(v128.shuffle<i64>(a0, a2, 0, 2), v128.shuffle<i64>(a0, a2, 1, 3))
  return f32x4.add(low, f32x4.add(v128.shuffle<i64>(a1, a3, 0, 2), v128.shuffle<i64>(a1, a3, 1, 3)))
}
