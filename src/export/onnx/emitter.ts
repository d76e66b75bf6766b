// Writes a part's tensors as nodes of an ONNX graph, one after another: names, initializers, in which order a tensor's axes lie.
// Images are NCHW inside, as ONNX's convolutions want; a tensor of four axes is transposed where a node wants the other order,
// once for all nodes, and weights are when they are written. Invariant: each tensor of the part has its value under one name an
// order.
import { GanglionError } from '../../errors.ts'
import { halfOf } from '../../formats/half.ts'
import type { Tensor } from '../../graph/tensor.ts'
import { type Dimension, type DynamicPart, isBatchwise, whereOf } from '../dynamic.ts'
import { type Folded, permuted, weightOf } from '../fold.ts'
import type { Message } from './proto.ts'

export const FLOAT = 1
export const INT64 = 7
export const BOOL = 9
const FLOAT16 = 10
/** Where images' channels lie: in the part's own order, or ONNX's. */
export type Layout = 'nhwc' | 'nchw'
export const TO_NCHW = [0, 3, 1, 2]
export const TO_NHWC = [0, 2, 3, 1]
/** What float16 holds. */
const MOST_HALF = 65504

/** Writes a tensor: says under which name it is, and in which order of axes. */
export type Rule = (node: Tensor, to: Emitter) => void

type AttributeValue = number | string | readonly number[]

export class Emitter {
  readonly nodes: Message[] = []
  readonly initializers: Message[] = []
  readonly #part: DynamicPart
  readonly #folded: Folded
  readonly #float16: boolean
  readonly #names = new Set<string>()
  readonly #values = new Map<Tensor, { nhwc?: string, nchw?: string }>()
  /** Nodes and initializers that are asked for again, by what they are. */
  readonly #known = new Map<string, string>()
  #rows = ''

  constructor(part: DynamicPart, folded: Folded, float16: boolean) {
    this.#part = part
    this.#folded = folded
    this.#float16 = float16
    for (const name of [...part.inputs.keys(), ...part.outputs.keys()]) this.#names.add(name)
  }

  /** A node; the name of its result. @param of the tensor that it is computed for */
  add(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}, of?: Tensor): string {
    const key = JSON.stringify([opType, inputs, attributes])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = this.#unique(`${of?.scope ? `${of.scope}/` : ''}${opType}`)
    this.#known.set(key, name)
    this.#push(opType, inputs, attributes, name, name)
    return name
  }

  #push(opType: string, inputs: readonly string[], attributes: object, name: string, output: string): void {
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value as AttributeValue))
    this.nodes.push({ input: inputs, output, name, opType, attribute })
  }

  /** A result under a name that the graph promises. */
  promise(name: string, result: string): void {
    this.#push('Identity', [result], {}, this.#unique(`${name}/Identity`), name)
  }

  #unique(wanted: string): string {
    let name = wanted
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`
    this.#names.add(name)
    return name
  }

  /** Integers, as what nodes take of sizes and axes. */
  ints(values: readonly number[], scalar = false): string {
    const key = `ints ${scalar} ${values.join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const rawData = new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer)
    return this.#initializer(key, this.#unique('sizes'), INT64, scalar ? [] : [values.length], rawData)
  }

  /** Floats that are no weights. */
  floats(values: readonly number[], dims: readonly number[] = []): string {
    const key = `floats ${dims.join()} ${values.map((x) => (Object.is(x, -0) ? '-0' : x)).join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    return this.#initializer(key, this.#unique('constant'), FLOAT, dims, bytesOf(Float32Array.from(values)))
  }

  #initializer(key: string, name: string, dataType: number, dims: readonly number[], rawData: Uint8Array): string {
    this.initializers.push({ dims, dataType, name, rawData })
    this.#known.set(key, name)
    return name
  }

  /** Values that depend on no input, as an initializer. @param dims of the values as they are given */
  #data(tensor: Tensor, how: string, dims: readonly number[], values: Float32Array): string {
    const key = `data ${tensor.id} ${how} ${dims.join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = weightOf(tensor)?.attrs.name ?? [tensor.scope, tensor.op.name].filter(Boolean).join('/')
    if (!this.#float16 || tensor.op.name === 'constant' || values.length < 2) {
      return this.#initializer(key, this.#unique(name), FLOAT, dims, bytesOf(values))
    }
    const large = values.find((x) => Math.abs(x) > MOST_HALF)
    if (large !== undefined) {
      throw new GanglionError(`'${name}' holds ${large}, and float16 holds ${MOST_HALF} at most; export it without float16`)
    }
    const half = this.#initializer(`${key} half`, this.#unique(name), FLOAT16, dims, bytesOf(Uint16Array.from(values, halfOf)))
    const cast = this.add('Cast', [half], { to: FLOAT })
    this.#known.set(key, cast)
    return cast
  }

  dimensions(tensor: Tensor): readonly Dimension[] {
    return this.#part.dimensionsOf(tensor)
  }

  /** A shape as a node's input: numbers, or computed of the batch's rows. */
  shape(dimensions: readonly Dimension[]): string {
    if (!dimensions.some(isBatchwise)) return this.ints(dimensions as number[])
    return this.add('Concat', dimensions.map((d) => {
      if (!isBatchwise(d)) return this.ints([d])
      return d.times === 1 ? this.rows : this.add('Mul', [this.rows, this.ints([d.times])])
    }), { axis: 0 })
  }

  /** The batch's rows, as a list of one: those of the part's first input. */
  get rows(): string {
    const [input] = this.#part.inputs.keys()
    return (this.#rows ||= this.add('Gather', [this.add('Shape', [input!]), this.ints([0])], { axis: 0 }))
  }

  /** Says under which name a tensor's value is. */
  set(tensor: Tensor, name: string, layout: Layout = 'nhwc'): void {
    this.#values.set(tensor, { ...this.#values.get(tensor), [layout]: name })
  }

  /** Whether a tensor was computed in ONNX's order of axes. */
  isNchw(tensor: Tensor): boolean {
    const value = this.#values.get(tensor)
    return value?.nchw !== undefined && value.nhwc === undefined
  }

  /** The name of a tensor's value, axes in the part's own order. */
  plain(tensor: Tensor): string {
    const values = this.#folded.valuesOf(tensor)
    if (values) return this.#data(tensor, '', tensor.shape, values)
    const value = this.#values.get(tensor)!
    value.nhwc ??= this.add('Transpose', [value.nchw!], { perm: TO_NHWC })
    return value.nhwc
  }

  /** The name of its value with the axes in another order. */
  permuted(tensor: Tensor, perm: readonly number[], dims?: readonly number[]): string {
    const values = this.#folded.valuesOf(tensor)
    const sizes = perm.map((axis) => tensor.shape[axis]!)
    if (values) return this.#data(tensor, perm.join(), dims ?? sizes, permuted(values, tensor.shape, perm))
    const turned = this.add('Transpose', [this.plain(tensor)], { perm })
    return dims ? this.add('Reshape', [turned, this.ints(dims)]) : turned
  }

  /** The name of an image's value as NCHW; of fewer axes, which are the last, as what it is broadcast with there. */
  nchw(tensor: Tensor): string {
    const rank = tensor.shape.length
    if (rank === 0) return this.plain(tensor)
    const values = this.#folded.valuesOf(tensor)
    const full = [...Array<number>(4 - rank).fill(1), ...this.dimensions(tensor)]
    if (values) {
      const shape = full as number[]
      return this.#data(tensor, 'nchw', TO_NCHW.map((axis) => shape[axis]!), permuted(values, shape, TO_NCHW))
    }
    if (rank < 4) return this.add('Transpose', [this.add('Reshape', [this.plain(tensor), this.shape(full)])], { perm: TO_NCHW })
    const value = this.#values.get(tensor)!
    value.nchw ??= this.add('Transpose', [value.nhwc!], { perm: TO_NCHW })
    return value.nchw
  }

  isFixed(tensor: Tensor): boolean {
    return this.#folded.isFixed(tensor)
  }
}

/** The error for an op that ONNX, or this use of it, has nothing for. */
export const without = (tensor: Tensor, what = 'has no counterpart in ONNX'): GanglionError =>
  new GanglionError(`${whereOf(tensor)} ${what}; write the model without it, or export another part or format`)

function attributeOf(name: string, value: AttributeValue): Message {
  if (typeof value === 'string') return { name, s: value, type: 3 }
  if (typeof value !== 'number') return { name, ints: value, type: 7 }
  // Those of ONNX that are floats have names of their own.
  return FLOATS.has(name) ? { name, f: value, type: 1 } : { name, i: value, type: 2 }
}
const FLOATS = /* @__PURE__ */ new Set(['alpha', 'epsilon'])

/** Little endian on every host. */
function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  const size = values.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(values.length * size)
  const view = new DataView(bytes.buffer)
  if (size === 2) values.forEach((x, i) => view.setUint16(i * 2, x, true))
  else values.forEach((x, i) => view.setFloat32(i * 4, x, true))
  return bytes
}
