// How the gradient of a convolution for its filter becomes kernel calls: read in place where the filter is small, as a product of
// transposed patches where it is large.
import { conv2d_filter_gradient_f32, sum_f32 } from '../../graph/contract.generated.ts'
import { call, type KernelCall } from '../../graph/kernel_call.ts'
import type { Places, Tensor } from '../../graph/tensor.ts'
import { gradientBytes, NOT_READ, reachFields, reachOf } from './conv_direct.ts'
import { depthOf, multiplyTransposed, type Patches, patchesPerImage, rowsOf } from './conv_patches.ts'
import { type EpilogueAttrs, NO_EPILOGUE } from './epilogue.ts'
import { packAndMultiply, packedScratch, type Right } from './gemm.ts'
import { type Lowered, Scratch } from './scratch.ts'

/** Elements of a filter's gradient up to which it is summed in place. */
const DIRECT_FILTER = 16384
/** Groups of images that a filter's gradient is summed in, and the most floats that they take: what threads can divide. */
const GROUPS = 12
const GROUP_FLOATS = 32768

/** result(patch element, n) = Σ over patches of element · dy */
export function filterGradient(node: Tensor<EpilogueAttrs>, at: Places, p: Patches, n: number): Lowered {
  return p.tap[1] === 1 && depthOf(p) * n <= DIRECT_FILTER ? inPlace(at, p, n) : product(node, at, p, n)
}

function product(node: Tensor<EpilogueAttrs>, at: Places, p: Patches, n: number): Lowered {
  const [image, dy] = at.inputs as [number, number]
  const sizes = { m: depthOf(p), n, k: rowsOf(p) }
  const right: Right = { k: [1, 1, sizes.k], n, strides: [0, 0, n, 1] }
  const calls = packAndMultiply(node, at, dy, right, sizes, multiplyTransposed(image, p))
  return { calls, bytes: packedScratch(sizes, at.threads) }
}

/** By sizes alone, never by threads: groups are sums, and their order is part of the result. */
const groupsOf = (p: Patches, n: number): number =>
  Math.max(1, Math.min(GROUPS, p.image[0], Math.floor(GROUP_FLOATS / (depthOf(p) * n))))

/** One gradient of each group of images, then their sum. */
function inPlace(at: Places, p: Patches, n: number): Lowered {
  const [image, dy] = at.inputs as [number, number]
  const m = depthOf(p)
  const groups = groupsOf(p, n)
  const scratch = new Scratch(at)
  const sums = groups > 1 ? scratch.floats(groups * m * n) : at.output
  const reach = reachOf([p])
  const scratchPerThread = gradientBytes(m, patchesPerImage(p), n, reach)
  const calls: KernelCall[] = [call(conv2d_filter_gradient_f32, {
    ...NOT_READ, ...NO_EPILOGUE, b: dy, c: sums, scratch: scratch.bytes(scratchPerThread * at.threads), scratchPerThread,
    m, n, k: rowsOf(p), rowsY: 1, rowsX: m, strideImage: 0, strideY: 0, strideX: n,
    ...reachFields(image, p, reach), patchesY: p.count[0], patchesX: p.count[1], tapsX: p.taps[1], groups,
  })]
  if (groups > 1) {
    const sum = { outer: 1, middle: groups, inner: m * n, rows: groups, scale: 1 }
    calls.push(call(sum_f32, { x: sums, y: at.output, ...sum }, { even: true }))
  }
  return { calls, bytes: scratch.used }
}
