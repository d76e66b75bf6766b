// The memory of an exported model as it is before anything ran: what assembly/lib/standalone reads, tapes with their addresses in
// place, weights. Pure: from programs and values to segments of data, the same on every machine.
//
//     heap base | the model | graphs | control | counters, leaves, tapes | arena | free
import {
  CONTROL_STEP, CONTROL_WORDS, COUNTER_WORDS, KERNELS, PackedWeights, SEED_WORDS, StandaloneGraph, StandaloneModel, TALL,
} from '../../graph/contract.generated.ts'
import type { Program } from '../../compiler/program.ts'
import type { Region } from '../../compiler/regions.ts'
import { encodeUtf8 } from '../../formats/utf8.ts'
import { fieldsOf } from '../../graph/kernel_call.ts'
import { isConstant, isVariable, type Variable } from '../../graph/leaves.ts'
import { sizeOf, type Tensor } from '../../graph/tensor.ts'
import type { Packed } from './pack.ts'

/** The graphs that a module can have, by the fields of the model. */
export type GraphName = 'codes' | 'decode' | 'encode' | 'score'

export interface ImageGraph {
  readonly program: Program
  /** What to say of values that are no whole rows. */
  readonly refusal: string
}

export interface ImageSpec {
  readonly graphs: ReadonlyMap<GraphName, ImageGraph>
  readonly rows: number
  readonly classes: number
  /** What to say of what is no class. */
  readonly refusal: string
  readonly seed: number
  readonly info: string
  readonly weights: (variable: Variable) => Packed
}

export interface Segment {
  readonly address: number
  readonly data: Uint8Array
}

export interface Image {
  readonly segments: readonly Segment[]
  /** Where memory is free. */
  readonly end: number
  /** The kernels, in the order of the function table: its entry 0 is none. */
  readonly kernels: readonly string[]
  /** Whether weights are to be widened. */
  readonly packed: boolean
}

const ALIGN = 64

/** The words of an object of a class of the core's. */
const wordsOf = (layout: string, fields: object): Int32Array =>
  Int32Array.from(fieldsOf(layout), ([name]) => (fields as Record<string, number>)[name]!)
const bytesOf = (layout: string): number => 4 * fieldsOf(layout).length

/** Memory from an address on, handed out once. */
class Space {
  end: number
  readonly segments: Segment[] = []

  constructor(base: number) {
    this.end = base
  }
  reserve(bytes: number): number {
    const at = Math.ceil(this.end / ALIGN) * ALIGN
    this.end = at + bytes
    return at
  }
  set(address: number, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.segments.push({ address, data: new Uint8Array(buffer, byteOffset, byteLength) })
  }
  put(values: ArrayBufferView): number {
    const at = this.reserve(values.byteLength)
    this.set(at, values)
    return at
  }
}

/** @param base where the core's memory is free; what the model is begins there */
export function imageOf(base: number, { graphs, rows, classes, refusal: noClass, seed, info, weights }: ImageSpec): Image {
  const space = new Space(base + bytesOf(StandaloneModel))
  const places = new Map([...graphs.keys()].map((name) => [name, space.reserve(bytesOf(StandaloneGraph))]))
  const text = encodeUtf8(`${info}\0`)
  const infoAt = space.put(text)
  const refusal = encodeUtf8(noClass)
  const refusalAt = space.put(refusal)
  const leaves = new Leaves(space, weights)
  const control = space.reserve(CONTROL_STEP * (CONTROL_WORDS + 1))
  const loaded = [...graphs].map(([name, { program, refusal }]) => {
    const counters = space.reserve((COUNTER_WORDS + SEED_WORDS) * 4)
    const regions = program.regions.map((region) => (region.kind === 'leaf' ? leaves.addressOf(region.leaf) : 0))
    return { name, program, refusal: encodeUtf8(refusal), counters, regions, tape: space.reserve(program.tape.words.byteLength) }
  })
  const packed = leaves.packed.length ? space.put(Int32Array.from([...leaves.packed.flatMap((words) => [...words]), 0])) : 0
  const arena = space.reserve(Math.max(...loaded.map(({ program }) => program.plan.peakBytes)))

  const kernels: string[] = []
  for (const { name, program, refusal, counters, regions, tape } of loaded) {
    // There is no metric.
    const where = { control, arena, group: counters, tape, tables: tape + 4 * program.tape.tables, metric: 0 }
    const addressOf = (region: Region) => (
      region.kind === 'leaf' ? regions[program.regions.indexOf(region)]! : where[region.kind]
    )
    space.set(tape, tapeOf(program, addressOf, kernels))
    const input = (label: string) => leaves.known(program.inputs.get(label))
    const { region, offset, shape } = program.outputs.get('y')!
    const x = program.inputs.get('x')
    space.set(places.get(name)!, wordsOf(StandaloneGraph, {
      tape, counters, x: input('x'), labels: input('labels'), y: addressOf(region) + offset,
      given: x ? (x.size / rows) * 4 : 0, made: (sizeOf(shape) / rows) * 4,
      refusal: space.put(refusal), refusalBytes: refusal.length,
    } satisfies StandaloneGraph))
  }
  const at = (name: GraphName) => places.get(name) ?? 0
  space.set(base, wordsOf(StandaloneModel, {
    info: infoAt, infoBytes: text.length - 1, rows, classes, refusal: refusalAt, refusalBytes: refusal.length,
    seedLow: seed % 4294967296, seedHigh: Math.floor(seed / 4294967296),
    free: Math.ceil(space.end / ALIGN) * ALIGN,
    codes: at('codes'), decode: at('decode'), encode: at('encode'), score: at('score'), packed,
  } satisfies StandaloneModel))
  return { segments: space.segments, end: space.end, kernels, packed: packed > 0 }
}

/** The tape with its addresses in place. Its kernels are added to `kernels`, where they are not there. */
function tapeOf(
  { regions, tape: { words, calls, addresses } }: Program, addressOf: (region: Region) => number, kernels: string[],
): Int32Array {
  const loaded = words.slice()
  const bases = regions.map(addressOf)
  addresses.at.forEach((word, i) => { loaded[word]! += bases[addresses.region[i]!]! })
  for (const { at, args, kernel } of calls) {
    if (!kernels.includes(kernel)) kernels.push(kernel)
    loaded[at] = kernels.indexOf(kernel) + 1
    // Whatever engine this is: a file is the same on all, and pages and current V8 hold the taller tile in registers.
    const flags = fieldsOf(KERNELS[kernel as keyof typeof KERNELS].layouts[0]!).findIndex(([name]) => name === 'flags')
    if (flags >= 0) loaded[args + flags]! |= TALL
  }
  return loaded
}

/** The leaves that graphs read, each in memory once. */
class Leaves {
  /** `PackedWeights`. */
  readonly packed: Int32Array[] = []
  readonly #space: Space
  readonly #weights: ImageSpec['weights']
  readonly #addresses = new Map<Tensor, number>()

  constructor(space: Space, weights: ImageSpec['weights']) {
    this.#space = space
    this.#weights = weights
  }

  /** 0 where no graph reads it. */
  known(leaf: Tensor | undefined): number {
    return (leaf && this.#addresses.get(leaf)) ?? 0
  }

  addressOf(leaf: Tensor): number {
    const known = this.#addresses.get(leaf)
    if (known !== undefined) return known
    const address = this.#place(leaf)
    this.#addresses.set(leaf, address)
    return address
  }

  #place(leaf: Tensor): number {
    const space = this.#space
    if (isConstant(leaf)) return space.put(leaf.attrs.values)
    const to = space.reserve(leaf.size * 4)
    if (!isVariable(leaf)) return to
    const packed = this.#weights(leaf)
    // What is in fewer bits lies at the end of its place.
    space.set(to + leaf.size * 4 - packed.data.byteLength, packed.data)
    if (packed.as === 'float16') this.#pack({ to, n: leaf.size, scales: 0, channels: 0, inner: 0 })
    if (packed.as === 'int8') {
      const { scales, inner } = packed
      this.#pack({ to, n: leaf.size, scales: space.put(scales), channels: scales.length, inner })
    }
    return to
  }

  #pack(weights: PackedWeights): void {
    this.packed.push(wordsOf(PackedWeights, weights))
  }
}
