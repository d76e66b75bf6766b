// Convolution and its two gradients: three ops, each linear in each input, closed under differentiation.
// NHWC images, filters [height, width, in, out]. The transposed convolution is the gradient for the input.
import { apply, type GradientRule, type Op, type Places, type Shape, shapeError, show, type Tensor } from '../graph/tensor.ts'
import { type EpilogueAttrs, PLAIN, product, productScratch, type Right } from './gemm.ts'
import { type Padding, pads, pair } from './padding.ts'

interface ConvAttrs extends EpilogueAttrs {
  readonly strides: readonly [number, number]
  readonly padding: Padding
  readonly dilation: readonly [number, number]
  /** Height and width of the image (input gradient) or of the filter (filter gradient). */
  readonly extent: readonly [number, number]
}

/** Everything about one convolution: image [b, h, w, c], filter [kh, kw, c, f], result [b, oh, ow, f]. */
function geometry(image: Shape, filter: Shape, { strides, padding, dilation }: ConvAttrs) {
  const [b, h, w, c] = image as [number, number, number, number]
  const [kh, kw, , f] = filter as [number, number, number, number]
  const y = pads(h, kh, strides[0], padding, dilation[0])
  const x = pads(w, kw, strides[1], padding, dilation[1])
  return { b, h, w, c, kh, kw, f, oh: y.out, ow: x.out, top: y.before, left: x.before, strides, dilation }
}
type Geometry = ReturnType<typeof geometry>

const convFlops = ({ b, oh, ow, f, kh, kw, c }: Geometry): number => 2 * b * oh * ow * f * kh * kw * c

function checkRanks(op: string, x: Shape, w: Shape): void {
  if (x.length !== 4) throw shapeError(op, `the image has shape ${show(x)}, expected [batch, height, width, channels]`)
  if (w.length !== 4) throw shapeError(op, `the filter has shape ${show(w)}, expected 4 dimensions`)
}

export const conv2dOp: Op<ConvAttrs> = {
  name: 'conv2d',
  shape([x, w], attrs) {
    checkRanks('conv2d', x!, w!)
    if (x![3] !== w![2]) throw shapeError('conv2d', `the image ${show(x!)} has ${x![3]} channels and the filter ${show(w!)} takes ${w![2]}; the filter is [height, width, in, out]`)
    const { b, oh, ow, f } = geometry(x!, w!, attrs)
    if (oh < 1 || ow < 1) throw shapeError('conv2d', `the filter ${show(w!)} is larger than the image ${show(x!)}; use padding 'same' or a smaller kernel`)
    return [b, oh, ow, f]
  },
  gradient(y, dy) {
    const [x, w] = y.inputs as [Tensor, Tensor]
    return [inputGradient(dy, w, x.shape, y.attrs), filterGradient(x, dy, w.shape, y.attrs)]
  },
  scratch(node, threads) {
    const { b, oh, ow, kh, kw, c, f } = geometry(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
    return productScratch(b * oh * ow, f, kh * kw * c, threads)
  },
  calls(node, at) {
    const g = geometry(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
    const k = g.kh * g.kw * g.c
    const right: Right = { k: [1, 1, k], n: g.f, strides: [0, 0, g.f, 1] }
    const left = [at.inputs[0]!, ...patchWords(g)]
    return product(node, at, at.inputs[1]!, right, { kernel: 'gemm_patches_f32', m: g.b * g.oh * g.ow, n: g.f, k, left })
  },
  flops: (node) => convFlops(geometry(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)),
}

/** The forward patches: extents, steps, taps. */
const patchWords = (g: Geometry): number[] => [g.h, g.w, g.c, g.oh, g.ow, ...g.strides, ...g.dilation, -g.top, -g.left, g.kw]

const filterGradientRule: GradientRule<ConvAttrs> = (node, g) => {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  return [inputGradient(dy, g, x.shape, node.attrs), conv(x, g, node.attrs)]
}

/** dw = Σ over images and positions of patchᵀ · dy */
export const conv2dFilterGradientOp: Op<ConvAttrs> = {
  name: 'conv2dFilterGradient',
  shape: ([x, dy], { extent }) => [...extent, x![3]!, dy![3]!],
  gradient: filterGradientRule,
  scratch(node, threads) {
    const { b, oh, ow, kh, kw, c, f } = geometry(node.inputs[0]!.shape, node.shape, node.attrs)
    return productScratch(kh * kw * c, f, b * oh * ow, threads)
  },
  calls(node, at) {
    const g = geometry(node.inputs[0]!.shape, node.shape, node.attrs)
    const k = g.b * g.oh * g.ow
    const right: Right = { k: [1, 1, k], n: g.f, strides: [0, 0, g.f, 1] }
    const left = [at.inputs[0]!, ...patchWords(g)]
    return product(node, at, at.inputs[1]!, right, { kernel: 'gemm_patches_transposed_f32', m: g.kh * g.kw * g.c, n: g.f, k, left })
  },
  flops: (node) => convFlops(geometry(node.inputs[0]!.shape, node.shape, node.attrs)),
}

const inputGradientRule: GradientRule<ConvAttrs> = (node, g) => {
  const [dy, w] = node.inputs as [Tensor, Tensor]
  return [conv(g, w, node.attrs), filterGradient(g, dy, w.shape, node.attrs)]
}

/** dx: each image element gets the sum, over the patches that read it, of filter · dy. */
export const conv2dInputGradientOp: Op<ConvAttrs> = {
  name: 'conv2dInputGradient',
  shape: ([dy, w], { extent }) => [dy![0]!, ...extent, w![2]!],
  gradient: inputGradientRule,
  scratch(node, threads) {
    const g = geometry(node.shape, node.inputs[1]!.shape, node.attrs)
    return Math.max(...phases(g).map((p) => productScratch(p.m, g.c, p.k, threads)))
  },
  calls: (node, at) => phases(geometry(node.shape, node.inputs[1]!.shape, node.attrs)).flatMap((p) => phaseCalls(node, at, p)),
  flops: (node) => convFlops(geometry(node.shape, node.inputs[1]!.shape, node.attrs)),
}

/**
 * The taps that reach image rows ≡ `phase` (mod stride): k0, k0 + period, …; tap j of image row q·stride + phase reads
 * row q + offset − j·step of dy.
 */
function taps(phase: number, stride: number, size: number, before: number, dilation: number) {
  const hits = Array.from({ length: size }, (_, k) => k).filter((k) => (phase + before - k * dilation) % stride === 0)
  const [first = 0, second = first] = hits
  return { first, count: hits.length, period: second - first, step: ((second - first) * dilation) / stride, offset: (phase + before - first * dilation) / stride }
}

/** One product for each residue of (y, x) modulo the strides: no multiplication by the zeros between. */
function phases(g: Geometry) {
  const list = []
  for (let py = 0; py < Math.min(g.strides[0], g.h); py++) {
    for (let px = 0; px < Math.min(g.strides[1], g.w); px++) {
      const v = taps(py, g.strides[0], g.kh, g.top, g.dilation[0])
      const u = taps(px, g.strides[1], g.kw, g.left, g.dilation[1])
      const rows = { y: Math.ceil((g.h - py) / g.strides[0]), x: Math.ceil((g.w - px) / g.strides[1]) }
      const none = v.count * u.count === 0
      list.push({ g, py, px, v, u, rows, m: g.b * rows.y * rows.x, k: none ? 0 : v.count * u.count * g.f })
    }
  }
  return list
}

function phaseCalls(node: Tensor<ConvAttrs>, at: Places, { g, py, px, v, u, rows, m, k }: ReturnType<typeof phases>[number]) {
  const tap = g.c * g.f
  const right: Right = {
    start: (v.first * g.kw + u.first) * tap,
    k: k ? [v.count, u.count, g.f] : [0, 0, 0],
    n: g.c,
    strides: [v.period * g.kw * tap, u.period * tap, 1, g.f],
  }
  const [sy, sx] = g.strides
  const where = { ...rows, strides: [g.h * g.w * g.c, sy * g.w * g.c, sx * g.c], start: (py * g.w + px) * g.c } as const
  const left = [at.inputs[0]!, g.oh, g.ow, g.f, rows.y, rows.x, 1, 1, -v.step, -u.step, v.offset, u.offset, u.count]
  return product(node, at, at.inputs[1]!, right, { kernel: 'gemm_patches_f32', m, n: g.c, k, rows: where, left })
}

const plain = (attrs: ConvAttrs): ConvAttrs => ({ ...attrs, epilogue: PLAIN })
const hw = (shape: Shape, from: number): [number, number] => [shape[from]!, shape[from + 1]!]
const conv = (x: Tensor, w: Tensor, attrs: ConvAttrs) => apply(conv2dOp, [x, w], { ...plain(attrs), extent: [0, 0] })
const inputGradient = (dy: Tensor, w: Tensor, image: Shape, attrs: ConvAttrs) =>
  apply(conv2dInputGradientOp, [dy, w], { ...plain(attrs), extent: hw(image, 1) })
const filterGradient = (x: Tensor, dy: Tensor, filter: Shape, attrs: ConvAttrs) =>
  apply(conv2dFilterGradientOp, [x, dy], { ...plain(attrs), extent: hw(filter, 0) })

export interface ConvOptions {
  strides?: number | readonly [number, number]
  padding?: Padding
  dilation?: number | readonly [number, number]
}

function attributes(op: string, { strides = 1, padding = 'valid', dilation = 1 }: ConvOptions): ConvAttrs {
  const attrs = { strides: pair(strides), padding, dilation: pair(dilation), extent: [0, 0] as const, epilogue: PLAIN }
  if (padding !== 'same' && padding !== 'valid') throw shapeError(op, `padding '${String(padding)}' given, expected 'same' or 'valid'`)
  if ([...attrs.strides, ...attrs.dilation].some((n) => !Number.isInteger(n) || n < 1)) throw shapeError(op, 'strides and dilation must be positive integers')
  return attrs
}

/** y[b,i,j,f] = Σ x[b, i·s + u·d − pad, …, c] · w[u, v, c, f] (TensorFlow's conv2d; the filter is not flipped). */
export const conv2d = (x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor => apply(conv2dOp, [x, w], attributes('conv2d', options))

/**
 * The transposed convolution: the gradient of the convolution with the same filter and padding.
 * @param x [batch, height, width, in]
 * @param w [height, width, out, in]
 * @param extent height and width of the result; 'same': in·stride, 'valid': (in − 1)·stride + kernel, by default
 */
export function conv2dTranspose(x: Tensor, w: Tensor, options: ConvOptions & { extent?: readonly [number, number] } = {}): Tensor {
  checkRanks('conv2dTranspose', x.shape, w.shape)
  const attrs = attributes('conv2dTranspose', options)
  if (x.shape[3] !== w.shape[3]) {
    throw shapeError('conv2dTranspose', `the image ${show(x.shape)} has ${x.shape[3]} channels and the filter ${show(w.shape)} takes ${w.shape[3]}; the filter is [height, width, out, in]`)
  }
  const full = [0, 1].map((i) => {
    const kernel = (w.shape[i]! - 1) * attrs.dilation[i]! + 1
    return attrs.padding === 'same' ? x.shape[i + 1]! * attrs.strides[i]! : (x.shape[i + 1]! - 1) * attrs.strides[i]! + kernel
  }) as [number, number]
  const extent = options.extent ?? full
  const back = geometry([x.shape[0]!, ...extent, w.shape[2]!], w.shape, attrs)
  if (back.oh !== x.shape[1] || back.ow !== x.shape[2]) {
    throw shapeError('conv2dTranspose', `a result of ${show(extent)} would come from an image of ${show([back.oh, back.ow])}, not ${show(hw(x.shape, 1))}; leave extent out for ${show(full)}`)
  }
  return inputGradient(x, w, [x.shape[0]!, ...extent, w.shape[2]!], attrs)
}
