// Loops of the elementwise kernels. A kernel names a class with the arithmetic (`f` on four lanes); these loops supply
// the pointers, the tails and the threads' parts. Every element gets the same instructions, wherever it lies.
import { partStart } from './kernel'
import { Address } from './layout'
import { loadPart, storePart } from './simd'

/** Words of a unary kernel: y = f(x), `n` elements. An op's own parameters follow, in a class that extends this one. */
@unmanaged
export class UnaryArgs {
  x: Address
  y: Address
  n: i32
}

/**
 * y[i] = T.f(x[i]). `T` is an unmanaged class laid over the arguments, so that `f` may read its parameters. `pairs`: the wide
 * build takes two vectors at once, which is worth its code where `f` is long.
 */
// @ts-ignore: decorator
@inline
export function unary<T>(args: usize, part: i32, parts: i32, pairs: bool = false): void {
  const a = changetype<UnaryArgs>(args)
  const op = changetype<T>(args)
  const from = partStart(a.n, 16, part, parts)
  const to = partStart(a.n, 16, part + 1, parts)
  let x = a.x + (<usize>from << 2)
  let y = a.y + (<usize>from << 2)
  const end = x + (<usize>((to - from) & ~3) << 2)
  if (WIDE && pairs) {
    for (; x + 16 < end; x += 32, y += 32) {
      const low = op.f(v128.load(x))
      const high = op.f(v128.load(x, 16))
      v128.store(y, low)
      v128.store(y, high, 16)
    }
  }
  for (; x < end; x += 16, y += 16) v128.store(y, op.f(v128.load(x)))
  const rest = (to - from) & 3
  if (rest > 0) storePart(y, op.f(loadPart(x, rest)), rest)
}

/**
 * Words of a binary kernel: y = f(a, b) over up to four dimensions with broadcasting. `y` is dense; `a` and `b` step by
 * their strides (in floats, 0 = broadcast); along the last dimension a stride is 0 or 1. An op's own parameters follow.
 */
@unmanaged
export class BinaryArgs {
  a: Address
  b: Address
  y: Address
  dimensions0: i32
  dimensions1: i32
  dimensions2: i32
  dimensions3: i32
  stridesA0: i32
  stridesA1: i32
  stridesA2: i32
  stridesA3: i32
  stridesB0: i32
  stridesB1: i32
  stridesB2: i32
  stridesB3: i32
}

// @ts-ignore: decorator
@inline
function row<T>(op: T, a: usize, b: usize, y: usize, n: i32, sa: i32, sb: i32): void {
  const end = y + (<usize>(n & ~3) << 2)
  const rest = n & 3
  if (sa != 0 && sb != 0) {
    for (; y < end; a += 16, b += 16, y += 16) v128.store(y, op.f(v128.load(a), v128.load(b)))
    if (rest) storePart(y, op.f(loadPart(a, rest), loadPart(b, rest)), rest)
  } else if (sa != 0) {
    const v = v128.load32_splat(b)
    for (; y < end; a += 16, y += 16) v128.store(y, op.f(v128.load(a), v))
    if (rest) storePart(y, op.f(loadPart(a, rest), v), rest)
  } else if (sb != 0) {
    const v = v128.load32_splat(a)
    for (; y < end; b += 16, y += 16) v128.store(y, op.f(v, v128.load(b)))
    if (rest) storePart(y, op.f(v, loadPart(b, rest)), rest)
  } else {
    const v = op.f(v128.load32_splat(a), v128.load32_splat(b))
    for (; y < end; y += 16) v128.store(y, v)
    if (rest) storePart(y, v, rest)
  }
}

/** y = T.f(a, b) with broadcasting. Threads divide the rows; a single row is cut into pieces. */
// @ts-ignore: decorator
@inline
export function binary<T>(args: usize, part: i32, parts: i32): void {
  const k = changetype<BinaryArgs>(args)
  const op = changetype<T>(args)
  const n = k.dimensions3
  const rows = k.dimensions0 * k.dimensions1 * k.dimensions2
  // One long row (equal shapes) is shared by columns, everything else by rows: both in one loop nest.
  const single = rows == 1
  const lo = single ? partStart(n, 16, part, parts) : 0
  const hi = single ? partStart(n, 16, part + 1, parts) : n
  const r1 = single ? 1 : partStart(rows, 1, part + 1, parts)
  for (let r = single ? 0 : partStart(rows, 1, part, parts); r < r1; r++) {
    const i2 = r % k.dimensions2
    const i1 = (r / k.dimensions2) % k.dimensions1
    const i0 = r / k.dimensions2 / k.dimensions1
    const a = i0 * k.stridesA0 + i1 * k.stridesA1 + i2 * k.stridesA2 + lo * k.stridesA3
    const b = i0 * k.stridesB0 + i1 * k.stridesB1 + i2 * k.stridesB2 + lo * k.stridesB3
    row<T>(op, k.a + (<usize>a << 2), k.b + (<usize>b << 2), k.y + (<usize>(r * n + lo) << 2), hi - lo, k.stridesA3, k.stridesB3)
  }
}

/** Words of a kernel over pairs: y = f(a, b), all of `n` elements. An op's own parameters follow. */
@unmanaged
export class PairArgs {
  a: Address
  b: Address
  y: Address
  n: i32
}

/** y[i] = T.f(a[i], b[i]): a third of the code of `binary`, for gradients, whose shapes are always equal. */
// @ts-ignore: decorator
@inline
export function pair<T>(args: usize, part: i32, parts: i32): void {
  const k = changetype<PairArgs>(args)
  const op = changetype<T>(args)
  const from = partStart(k.n, 16, part, parts)
  const to = partStart(k.n, 16, part + 1, parts)
  const at = <usize>from << 2
  row<T>(op, k.a + at, k.b + at, k.y + at, to - from, 1, 1)
}

/**
 * Runs `op.f(i, n)` on a part of `count` elements: `i` is where the next are, in bytes, and n how many, 4 and fewer at the
 * end. With n = 4 known, the whole loop has no branch.
 */
// @ts-ignore: decorator
@inline
export function quads<T>(op: T, count: i32, part: i32, parts: i32): void {
  const to = <usize>partStart(count, 16, part + 1, parts) << 2
  let i = <usize>partStart(count, 16, part, parts) << 2
  for (; i + 16 <= to; i += 16) op.f(i, 4)
  if (i < to) op.f(i, <i32>((to - i) >> 2))
}
