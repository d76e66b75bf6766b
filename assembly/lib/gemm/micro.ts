// What the register tiles of products are made with, besides madd (tools/tiles.mjs).

/** Stores eight columns of a row of C, or adds to what is there. */
// @ts-ignore: decorator
@inline
export function put(row: usize, v0: v128, v1: v128, accumulate: i32): void {
  if (accumulate) {
    v0 = f32x4.add(v128.load(row), v0)
    v1 = f32x4.add(v128.load(row, 16), v1)
  }
  v128.store(row, v0)
  v128.store(row, v1, 16)
}

/** 0, made from what was loaded: so the load is not left out. */
// @ts-ignore: decorator
@inline
export function zeroBy(loaded: v128): v128 {
  return v128.xor(loaded, loaded)
}
