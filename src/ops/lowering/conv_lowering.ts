// How a convolution becomes kernel calls: read in place where its filters are small (conv_direct.ts), as a product of patches
// where they are deep (gemm.ts). A transposed convolution is several of them, its phases (conv_phases.ts).
import { conv2d_dot_f32, conv2d_f32, NR, type Phase as PhaseFields } from '../../graph/contract.generated.ts'
import { call, type KernelCall } from '../../graph/kernel_call.ts'
import type { Places, Tensor } from '../../graph/tensor.ts'
import { independent } from './calls.ts'
import { byDots, directBytes, imagesTogether, isDirect, NOT_READ, type Reach, reachFields, reachOf } from './conv_direct.ts'
import { depthOf, multiplyPatches, type Patches, patchesPerImage, rowsOf } from './conv_patches.ts'
import { type EpilogueAttrs, epilogueOf } from './epilogue.ts'
import { packAndMultiply, packB, packedScratch, panelBytes, type Right, type Strides } from './gemm.ts'
import { type Lowered, Scratch } from './scratch.ts'

/** One of the convolutions of an image that a transposed convolution is made of; a plain one is one. */
export interface Phase {
  readonly patches: Patches
  /** How filters lie from the second input on. */
  readonly filters: Right
  /** Floats from the output's start to the first result. */
  readonly start: number
}

/** What the calls of one convolution are made with. */
interface Site {
  readonly node: Tensor<EpilogueAttrs>
  readonly at: Places
  readonly scratch: Scratch
  /** Of the results, in floats. */
  readonly strides: Strides
}

/** The calls of a convolution in two steps, each of which needs no barrier within. */
interface Steps {
  readonly packs: readonly KernelCall[]
  readonly computes: readonly KernelCall[]
}

/**
 * result(patch, n) = epilogue(Σ patch · filters) of all phases, which write different pixels: each of their calls has
 * scratch of its own, and there is one barrier after all packing, and one at the end.
 */
export function convolution(
  node: Tensor<EpilogueAttrs>, at: Places, phases: readonly Phase[], strides: Strides,
): Lowered {
  const site = { node, at, scratch: new Scratch(at), strides }
  const panels: Phase[] = []
  const dots: Phase[] = []
  const products: Phase[] = []
  for (const phase of phases) {
    const { patches, filters } = phase
    const kind = !isDirect(patches) ? products : byDots(patches, filters.n) ? dots : panels
    kind.push(phase)
  }
  const steps = [
    direct(site, conv2d_f32, panels), direct(site, conv2d_dot_f32, dots), ...products.map((phase) => product(site, phase)),
  ]
  const calls = [...independent(steps.flatMap((s) => s.packs)), ...independent(steps.flatMap((s) => s.computes))]
  return { calls, bytes: site.scratch.used }
}

/** A phase as a product of patches and filters. */
function product({ node, at, scratch, strides }: Site, { patches: p, filters, start }: Phase): Steps {
  const [image, b] = at.inputs as [number, number]
  const sizes = { m: rowsOf(p), n: filters.n, k: depthOf(p), rows: { y: p.count[0], x: p.count[1], strides, start } }
  const place = { ...at, scratch: scratch.bytes(packedScratch(sizes, at.threads)) }
  const [pack, compute] = packAndMultiply(node, place, b, filters, sizes, multiplyPatches(image, p))
  return { packs: [pack], computes: [compute] }
}

/** Phases that read the image in place, in one call. */
function direct(site: Site, kernel: typeof conv2d_f32, phases: readonly Phase[]): Steps {
  const [first] = phases
  if (!first) return { packs: [], computes: [] }
  const { node, at, scratch, strides: [strideImage, strideY, strideX] } = site
  const [image, b] = at.inputs as [number, number]
  const width = kernel === conv2d_f32 ? NR : 1
  const reach = reachOf(phases.map(({ patches }) => patches))
  const packs: KernelCall[] = []
  const records = phases.map((phase) => {
    const to = scratch.bytes(panelBytes(phase.filters.n, depthOf(phase.patches), width))
    packs.push(packB(b, to, phase.filters, { width }))
    return phaseFields(phase, to, at.output, reach)
  })
  const patches = phases.map((phase) => patchesPerImage(phase.patches))
  const group = imagesTogether(patches, reach)
  const scratchPerThread = directBytes(patches, group, reach)
  const compute = call(kernel, {
    ...NOT_READ, n: first.filters.n, strideImage, strideY, strideX, ...epilogueOf(node, at),
    scratch: scratch.bytes(scratchPerThread * at.threads), scratchPerThread,
    ...reachFields(image, first.patches, reach), groupSize: group, phaseCount: phases.length, records,
  })
  return { packs, computes: [compute] }
}

/** Where a phase's filters lie packed, its results, and its first tap in the padded image. */
function phaseFields({ patches: p, start }: Phase, filters: number, output: number, { top, left, columns }: Reach): PhaseFields {
  const { image: [, , , channels], count, taps, offset } = p
  return {
    filters, c: output + start * 4, patchesY: count[0], patchesX: count[1],
    firstTap: ((offset[0] - top) * columns + offset[1] - left) * channels * 4, tapsY: taps[0], runBytes: taps[1] * channels * 4,
  }
}
