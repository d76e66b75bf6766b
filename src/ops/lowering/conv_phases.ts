// A transposed convolution as convolutions of dy: the pixels of the result whose row and column have the same residues modulo the
// strides are one phase. All of a phase's pixels are reached by the same taps, so that no zero is multiplied.
//
//     stride 2, kernel 3, one axis:      tap k of patch i reads pixel 2i + k − before
//
//     pixel    0  1  2  3  4  5 …        phase 0 (before = 0): taps 2 and 0, of patches q − 1 and q
//     phase    0  1  0  1  0  1 …        phase 1:              tap 1,        of patch q
//                                        where q = ⌊pixel / stride⌋
import type { Phase } from './conv_lowering.ts'
import type { Geometry, Pair } from './conv_patches.ts'
import type { Strides } from './gemm.ts'

/** The taps of one axis that reach the pixels of a phase, from last to first, so that what they read of dy ascends. */
interface PhaseTaps {
  readonly count: number
  /** The tap that reads first, and from one tap to the next before it. */
  readonly last: number
  readonly period: number
  /** Pixel q · stride + phase reads dy from q + offset on, `step` apart. */
  readonly offset: number
  readonly step: number
}

/** Of a kernel of `size` taps. */
function tapsOf(phase: number, stride: number, size: number, before: number, dilationRate: number): PhaseTaps {
  const hits = Array.from({ length: size }, (_, k) => k).filter((k) => (phase + before - k * dilationRate) % stride === 0)
  const [first = 0, second = first + 1] = hits
  const last = hits.at(-1) ?? 0
  const period = second - first
  const step = hits.length > 1 ? (period * dilationRate) / stride : 1
  return { last, count: hits.length, period, step, offset: (phase + before - last * dilationRate) / stride }
}

/** The convolution of dy that gives the pixels of one phase. */
function phaseOf(g: Geometry, [py, px]: Pair): Phase {
  const y = tapsOf(py, g.strides[0], g.kh, g.top, g.dilationRate[0])
  const x = tapsOf(px, g.strides[1], g.kw, g.left, g.dilationRate[1])
  const isReached = y.count * x.count > 0
  const taps: Pair = isReached ? [y.count, x.count] : [0, 0]
  const tapFloats = g.c * g.f
  return {
    patches: {
      image: [g.b, g.oh, g.ow, g.f],
      count: [Math.ceil((g.h - py) / g.strides[0]), Math.ceil((g.w - px) / g.strides[1])],
      step: [1, 1],
      taps,
      tap: [y.step, x.step],
      offset: isReached ? [y.offset, x.offset] : [0, 0],
    },
    filters: {
      start: (y.last * g.kw + x.last) * tapFloats,
      k: [taps[0], taps[1], g.f],
      n: g.c,
      strides: [-y.period * g.kw * tapFloats, -x.period * tapFloats, 1, g.f],
    },
    start: (py * g.w + px) * g.c,
  }
}

/** The phases of dx, and the strides of the pixels of each. */
export function backward(g: Geometry): [Phase[], Strides] {
  const phases: Phase[] = []
  for (let py = 0; py < Math.min(g.strides[0], g.h); py++) {
    for (let px = 0; px < Math.min(g.strides[1], g.w); px++) phases.push(phaseOf(g, [py, px]))
  }
  return [phases, [g.h * g.w * g.c, g.strides[0] * g.w * g.c, g.strides[1] * g.c]]
}

/** A convolution is one phase. */
export function forward(g: Geometry, patches: Phase['patches']): [Phase[], Strides] {
  const filters = { k: [1, 1, g.kh * g.kw * g.c], n: g.f, strides: [0, 0, g.f, 1] } as const
  return [[{ patches, filters, start: 0 }], [g.oh * g.ow * g.f, g.ow * g.f, g.f]]
}
