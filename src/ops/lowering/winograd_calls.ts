// The kernel calls of Winograd's convolutions (winograd.ts): spread, multiply, bring back; of groups of images that stay in a
// cache.
import { NR } from '../../graph/contract.generated.ts'
import type { KernelCall } from '../../graph/kernel_call.ts'
import type { Places, Tensor } from '../../graph/tensor.ts'
import { independent, ownedBy, withBarrierAtEnd, withoutBarriers } from './calls.ts'
import { multiplyPatches, multiplyTransposed, type Patches } from './conv_patches.ts'
import { type EpilogueAttrs, epilogueOf } from './epilogue.ts'
import { bytesPerThread, multiplication, packB, type Rows } from './gemm.ts'
import { dealt, type Dealt, type Group, groupsOf } from './owners.ts'
import { type Lowered, Scratch } from './scratch.ts'
import { bringingBack, type Spread, spreading } from './spread.ts'
import {
  byChannels, byFilters, filterFloats, imageBlocks, imageSpread, pairFloats, resultBlocks, resultSpread, type Winograd,
} from './winograd.ts'

/**
 * The most floats of images that are spread at a time: as many as the second-level cache holds, about; more for sums over images,
 * each group of which has a sum of its own.
 */
const GROUP_FLOATS = 400_000
const SUM_FLOATS = 4_000_000
/** Each group reads all spread filters again, so it has as many floats as they have at least. */
const groupFloats = (w: Winograd): number => Math.max(GROUP_FLOATS, Math.min(SUM_FLOATS, filterFloats(w)))
/** How many owners of images a thread may have, best first. Each has scratch of its own and reads all spread filters. */
const OWNERS = [4, 2, 1]
const LARGE_FILTERS = 1_000_000
const ownersOf = (w: Winograd): readonly number[] => (filterFloats(w) > LARGE_FILTERS ? OWNERS.slice(-1) : OWNERS)

/** What the calls of one convolution are made with. */
interface Site {
  readonly node: Tensor<EpilogueAttrs>
  readonly at: Places
  readonly scratch: Scratch
  readonly w: Winograd
  /** The transposed convolution. */
  readonly back: boolean
}

/** Threads that divide the calls of an owner, or of no one. */
const threadsOf = ({ owner }: Dealt, threads: number): number => (owner === undefined ? threads : 1)
const asOwned = ({ owner }: Dealt, calls: readonly KernelCall[]): readonly KernelCall[] =>
  (owner === undefined ? calls : ownedBy(owner, calls))

/** y = epilogue(Aᵀ[(G w) ⊙ (Bᵀ x)]); `back`: x̄ = epilogue(B[(G w) ⊙ (A ȳ)]) */
export function convolution(node: Tensor<EpilogueAttrs>, at: Places, w: Winograd, back: boolean): Lowered {
  const scratch = new Scratch(at)
  const site = { node, at, scratch, w, back }
  const filters = spreadFilters(site)
  const images = ofImages(site, filters.at)
  const calls = dealt(w.g.b, at.threads, ownersOf(w)).flatMap((own) => asOwned(own, images(own)))
  return { calls: withBarrierAtEnd([...filters.calls, ...calls]), bytes: scratch.used }
}

/** The filters, spread over points, in panels. */
function spreadFilters({ at, scratch, w, back }: Site) {
  const { g: { c, f, kh, kw } } = w
  const taps = kh * kw * c
  const filter = at.inputs[1]!
  const spread = scratch.floats(filterFloats(w))
  const panels = scratch.floats(taps * f)
  const calls = back
    ? [
        packB(filter, panels, { k: [1, 1, f], n: taps, strides: [0, 0, 1, f] }),
        spreading(byChannels(w))(c / NR, panels, spread),
      ]
    : [
        packB(filter, panels, { k: [1, 1, taps], n: f, strides: [0, 0, f, 1] }),
        ...withBarrierAtEnd(withoutBarriers(byFilters(w).map((part) => spreading(part)(f / NR, panels, spread)))),
      ]
  // Images are spread there, after the last barrier.
  scratch.release(panels)
  return { at: spread, calls }
}

/** What the products of one pair of points read and write; two products where the columns of C do not lie together. */
interface Factors {
  readonly lines: number
  readonly patches: Patches
  readonly k: number
  readonly n: number
  readonly rows: Rows
  /** Floats from the filters of the first pair to those of this product. */
  readonly filters: number
}

function factorsOf(w: Winograd, back: boolean): Factors[] {
  const results = resultBlocks(w)
  return imageBlocks(w).flatMap((image, pair): Factors[] => {
    const { lines } = image
    const [filters, { f }] = [pair * pairFloats(w), w.g]
    const result = results[pair]!
    if (!back) return [{ lines, patches: image.patches, k: image.depth, n: f, rows: result.rows, filters }]
    return Array.from({ length: image.runs }, (_, run) => {
      const skip = run * image.skip
      const rows = { ...image.rows, start: image.rows.start + skip }
      return { lines, patches: result.patches, k: f, n: image.depth / image.runs, rows, filters: filters + skip * f }
    })
  })
}

/** The images of one owner, or all of them: group by group, spread, multiplied at each pair of points, brought back. */
function ofImages({ node, at, scratch, w, back }: Site, filters: number): (own: Dealt) => KernelCall[] {
  const [from, to] = back ? [resultSpread(w), imageSpread(w)] : [imageSpread(w), resultSpread(w)]
  const [spread, bringBack] = [spreading(from), bringingBack(to, epilogueOf(node, at))]
  const factors = factorsOf(w, back)
  return (own) => {
    const threads = threadsOf(own, at.threads)
    const groups = groupsOf(own, w.floats, groupFloats(w))
    const most = groups[0]!.count
    const [left, results] = [scratch.floats(most * from.image.spread), scratch.floats(most * to.image.spread)]
    const scratchPerThread = bytesPerThread(most * factors[0]!.lines, factors[0]!.k)
    const work = { scratch: scratch.bytes(threads * scratchPerThread), scratchPerThread }
    const multiply = ({ lines, patches, k, n, rows, filters: skip }: Factors, count: number): KernelCall => {
      const b = filters + 4 * skip
      const { fields, options } = multiplication({ m: count * lines, n, k, rows }, { b, ...work }, results, threads)
      return multiplyPatches(left, patches)(fields, options)
    }
    // The same for all groups of a size.
    const products = new Map<number, readonly KernelCall[]>()
    for (const { count } of groups) {
      if (!products.has(count)) products.set(count, independent(factors.map((each) => multiply(each, count))))
    }
    // Bringing a group back and spreading the next touch different memory, so there is no barrier between.
    return groups.flatMap(({ first, count }) => [
      spread(count, at.inputs[0]! + 4 * first * from.image.plain, left),
      ...products.get(count)!,
      ...withoutBarriers([bringBack(count, results, at.output + 4 * first * to.image.plain)]),
    ])
  }
}

/** w̄ = Gᵀ[(Bᵀ x) ⊙ (A ȳ)]: sums over the images of a group, then over groups, as they are brought back. */
export function filterGradient(at: Places, w: Winograd): Lowered {
  // By sizes alone, never by threads.
  const groups = groupsOf({ first: 0, count: w.g.b }, w.floats, SUM_FLOATS)
  const scratch = new Scratch(at)
  const sums = scratch.floats(groups.length * filterFloats(w))
  const products = ofGroups(at, scratch, w, groups, sums)
  const calls = dealt(groups.length, at.threads, [1]).flatMap((own) => asOwned(own, products(own)))
  const { y, ...filters } = byChannels(w)
  const ofAll: Spread = { ...filters, y: { ...y, matrix: groups.flatMap(() => y.matrix) } }
  return { calls: [...withBarrierAtEnd(calls), bringingBack(ofAll)(w.g.c / NR, sums, at.output)], bytes: scratch.used }
}

/** The sums of one owner's groups, or of all: images and results are spread, packed and multiplied at each pair of points. */
function ofGroups(
  at: Places, scratch: Scratch, w: Winograd, groups: readonly Group[], sums: number,
): (own: Dealt) => KernelCall[] {
  const { g: { f } } = w
  const [x, dy] = at.inputs as [number, number]
  const [image, result] = [imageSpread(w), resultSpread(w)]
  const [spreadImages, spreadResults] = [spreading(image), spreading(result)]
  const [ins, outs] = [imageBlocks(w), resultBlocks(w)]
  const most = groups[0]!.count
  const scratchPerThread = bytesPerThread(w.depth, most * ins[0]!.lines)
  return (own) => {
    const threads = threadsOf(own, at.threads)
    const left = scratch.floats(most * image.image.spread)
    const [right, panels] = [scratch.floats(most * result.image.spread), scratch.floats(most * result.image.spread)]
    const work = { scratch: scratch.bytes(threads * scratchPerThread), scratchPerThread }
    return groups.slice(own.first, own.first + own.count).flatMap(({ first, count }, i) => {
      let b = panels
      const products = outs.map(({ lines, rows: { y, x: columns, start, strides } }, pair) => {
        const { depth, runs, skip, patches } = ins[pair]!
        const taps = { y: runs, x: depth / runs, strides: [0, skip * f, f], start: 0 } as const
        const product = { m: depth, n: f, k: count * lines, rows: taps }
        const sum = sums + 4 * ((own.first + i) * filterFloats(w) + pair * pairFloats(w))
        const { fields, options } = multiplication(product, { b, ...work }, sum, threads)
        const pack = packB(right, b, { start, k: [count, y, columns], n: f, strides: [...strides, 1] })
        b += 4 * product.k * f
        return { pack, multiply: multiplyTransposed(left, patches)(fields, options) }
      })
      return [
        ...independent([
          spreadImages(count, x + 4 * first * image.image.plain, left),
          spreadResults(count, dy + 4 * first * result.image.plain, right),
        ]),
        ...independent(products.map(({ pack }) => pack)),
        ...independent(products.map(({ multiply }) => multiply)),
      ]
    })
  }
}
