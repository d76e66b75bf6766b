// Convolutions as kernels see them: patches of images times filters. A row of A is a patch, and k runs over its taps' channels.
//
//     image [b, h, w, c]               patch (i, j): its taps are `tap` apart, the first of them at
//     ┌─────────────────────┐          (i, j) · step + offset; what lies outside of the image is 0
//     │   ×   ×   ×         │
//     │                     │          step   from a patch to the next
//     │   ×   ×   ×         │          taps   how many a patch has on each axis (here 2 × 3)
//     │                     │          count  how many patches an image has on each axis
//     └─────────────────────┘
import { gemm_patches_f32, gemm_patches_transposed_f32, type Patches as PatchArgs } from '../../graph/contract.generated.ts'
import { call } from '../../graph/kernel_call.ts'
import type { Shape } from '../../graph/tensor.ts'
import type { EpilogueAttrs } from './epilogue.ts'
import type { Multiply, ProductFields } from './gemm.ts'
import { type Padding, pads } from './padding.ts'

/** [along y, along x] */
export type Pair = readonly [y: number, x: number]

/** 'auto': by Winograd's products where they are faster; 'direct': never. */
export type Algorithm = 'auto' | 'direct'

export interface ConvAttrs extends EpilogueAttrs {
  readonly strides: Pair
  readonly padding: Padding
  readonly dilationRate: Pair
  /** Height and width of the image (input gradient) or of the filter (filter gradient). */
  readonly extent: Pair
  readonly algorithm: Algorithm
}

/** Everything about one convolution: image [b, h, w, c], filter [kh, kw, c, f], result [b, oh, ow, f]. */
export function geometry(image: Shape, filter: Shape, { strides, padding, dilationRate, algorithm }: ConvAttrs) {
  const [b, h, w, c] = image as [number, number, number, number]
  const [kh, kw, , f] = filter as [number, number, number, number]
  const y = pads(h, kh, strides[0], padding, dilationRate[0])
  const x = pads(w, kw, strides[1], padding, dilationRate[1])
  return { b, h, w, c, kh, kw, f, oh: y.out, ow: x.out, top: y.before, left: x.before, strides, dilationRate, algorithm }
}
export type Geometry = ReturnType<typeof geometry>

export const convFlops = ({ b, oh, ow, f, kh, kw, c }: Geometry): number => 2 * b * oh * ow * f * kh * kw * c

export interface Patches {
  readonly image: readonly [b: number, h: number, w: number, c: number]
  readonly count: Pair
  readonly step: Pair
  readonly taps: Pair
  readonly tap: Pair
  readonly offset: Pair
}

/** The patches of a convolution. */
export const forwardPatches = (g: Geometry): Patches => ({
  image: [g.b, g.h, g.w, g.c],
  count: [g.oh, g.ow],
  step: g.strides,
  taps: [g.kh, g.kw],
  tap: g.dilationRate,
  offset: [-g.top, -g.left],
})

/** Patches of an image, and of all images: rows of A. */
export const patchesPerImage = ({ count }: Patches): number => count[0] * count[1]
export const rowsOf = (p: Patches): number => p.image[0] * patchesPerImage(p)
/** Numbers of a patch: columns of A. */
export const depthOf = ({ image, taps }: Patches): number => taps[0] * taps[1] * image[3]

/**
 * The fields of a product, and of A, the patches of the images at an address. In Node 20 an object of so many fields takes 30 µs
 * where it begins with another's, 0.5 where it ends with them.
 */
function patchFields(images: number, { image, count, step, tap, offset, taps }: Patches, fields: ProductFields): PatchArgs {
  const [, height, width, channels] = image
  return {
    images, height, width, channels, patchesY: count[0], patchesX: count[1], patchStepY: step[0], patchStepX: step[1],
    tapStepY: tap[0], tapStepX: tap[1], offsetY: offset[0], offsetX: offset[1], tapsX: taps[1], ...fields,
  }
}

/** C = patches · B */
export const multiplyPatches = (images: number, p: Patches): Multiply => (fields, options) =>
  call(gemm_patches_f32, patchFields(images, p, fields), options)
/** C = patchesᵀ · B */
export const multiplyTransposed = (images: number, p: Patches): Multiply => (fields, options) =>
  call(gemm_patches_transposed_f32, patchFields(images, p, fields), options)
