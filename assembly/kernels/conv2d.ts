// Direct convolutions: small filters, no packing of patches (lib/conv). Deep ones are products (kernels/gemm.ts).
import { convolve } from '../lib/conv/direct'
import { FilterGradient, filterGradient } from '../lib/conv/filter_gradient'
import { Direct, Phase } from '../lib/conv/phases'
import { register } from '../lib/kernel'

/** Filters in panels of 8. */
export function conv2d_f32(args: usize, part: i32, parts: i32): void {
  convolve(changetype<Direct>(args), part, parts, false)
}
register<Direct, Phase>(conv2d_f32)

/** One to three filters, each in a row. */
export function conv2d_dot_f32(args: usize, part: i32, parts: i32): void {
  convolve(changetype<Direct>(args), part, parts, true)
}
register<Direct, Phase>(conv2d_dot_f32)

/** One gradient a group of images. */
export function conv2d_filter_gradient_f32(args: usize, part: i32, parts: i32): void {
  filterGradient(changetype<FilterGradient>(args), part, parts)
}
register<FilterGradient>(conv2d_filter_gradient_f32)
