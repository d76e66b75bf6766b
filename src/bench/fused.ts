// Whether relaxed SIMD's multiply–add is fused here: engines may choose, and JavaScriptCore does not.
import { relaxedSimd } from '../runtime/features.ts'

/** Little-endian bytes of f32 constants: a = 1 + 2⁻¹², −c = 1 + 2⁻¹¹. a·a = 1 + 2⁻¹¹ + 2⁻²⁴, whose last term rounding loses. */
const A = [0x00, 0x08, 0x80, 0x3f]
const C = [0x00, 0x10, 0x80, 0xbf]
const splat = (bytes: readonly number[]): number[] => [0x43, ...bytes, 0xfd, 0x13]

/** A function `f` () → f32: lane 0 of f32x4.relaxed_madd(a, a, c). */
const BODY = [0, ...splat(A), ...splat(A), ...splat(C), 0xfd, 0x85, 2, 0xfd, 0x1f, 0, 0x0b]
const MODULE = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7d, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0,
  10, BODY.length + 2, 1, BODY.length, ...BODY,
]

/** Null where the engine does not know relaxed SIMD. Compiles a module of 70 bytes: not for edge workers. */
export function fusedMultiplyAdd(): boolean | null {
  if (!relaxedSimd().available) return null
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE))).exports as { f(): number }
  return f() !== 0
}
