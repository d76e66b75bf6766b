// A writer of ONNX graphs with gradients: as much as dense networks need. Field numbers are those of onnx.proto3.

type Field = readonly [number: number, value: number | bigint | string | Uint8Array | Float32]
/** A number to be written as a 32-bit float. */
class Float32 { readonly value: number; constructor(value: number) { this.value = value } }
type Attribute = number | Float32 | readonly number[]
export const float = (value: number): Float32 => new Float32(value)

function varint(value: bigint): number[] {
  const out: number[] = []
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...out, Number(rest)]
    out.push(Number(rest & 127n) | 128)
  }
}

/** A message: varints, strings and messages by the type of the value. */
function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    const key = (wire: number) => varint(BigInt(number * 8 + wire))
    if (value instanceof Float32) return [Uint8Array.from(key(5)), new Uint8Array(Float32Array.of(value.value).buffer)]
    if (typeof value === 'number' || typeof value === 'bigint') return [Uint8Array.from([...key(0), ...varint(BigInt(value))])]
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
    return [Uint8Array.from([...key(2), ...varint(BigInt(bytes.length))]), bytes]
  })
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0)
  return bytes
}

/** Of TensorProto.DataType. */
const FLOAT = 1
const INT64 = 7
const attribute = (name: string, value: Attribute): Uint8Array =>
  value instanceof Float32 ? message([1, name], [2, value], [20, 1])
    : typeof value === 'number' ? message([1, name], [3, value], [20, 2])
      : message([1, name], ...value.map((i): Field => [8, i]), [20, 7])
const valueInfo = (name: string, shape: readonly number[]): Uint8Array =>
  message([1, name], [2, message([1, message([1, FLOAT], [2, message(...shape.map((n): Field => [1, message([1, n])]))])])])

export class Graph {
  readonly #nodes: Uint8Array[] = []
  readonly #inputs: Uint8Array[] = []
  readonly #outputs: Uint8Array[] = []
  readonly #constants = new Map<string, Uint8Array>()
  /** Each value's inputs, with what gives their gradients. */
  readonly #records: { readonly y: string; readonly back: ReadonlyMap<string, (dy: string) => string> }[] = []
  #count = 0

  input(name: string, shape: readonly number[]): string {
    this.#inputs.push(valueInfo(name, shape))
    return name
  }
  output(name: string, value: string, shape: readonly number[]): void {
    this.#nodes.push(message([1, value], [2, name], [4, 'Identity']))
    this.#outputs.push(valueInfo(name, shape))
  }
  /** Numbers as a tensor, f32 or, for axes, i64. */
  constant(values: number | readonly bigint[]): string {
    const name = `${typeof values === 'number' ? 'float' : 'axes'} ${String(values)}`
    const scalar = typeof values === 'number'
    const array = scalar ? Float32Array.of(values) : BigInt64Array.from(values)
    const dims: Field[] = scalar ? [] : [[1, values.length]]
    this.#constants.set(name, message(...dims, [2, scalar ? FLOAT : INT64], [8, name], [9, new Uint8Array(array.buffer)]))
    return name
  }
  op(type: string, inputs: readonly (string | number)[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const y = `t${this.#count++}`
    const names = inputs.map((i): Field => [1, typeof i === 'number' ? this.constant(i) : i])
    const extra = Object.entries(attributes).map(([k, v]): Field => [5, attribute(k, v)])
    this.#nodes.push(message(...names, [2, y], [4, type], ...extra))
    return y
  }

  /** Says how to get the gradients of y's inputs. */
  record(y: string, back: Readonly<Record<string, (dy: string) => string>>): string {
    this.#records.push({ y, back: new Map(Object.entries(back)) })
    return y
  }
  /** Gradients of the values that `seeds` gives the gradients of, for `wanted`; others are not computed. */
  gradients(seeds: ReadonlyMap<string, string>, wanted: readonly string[]): Map<string, string> {
    const needed = new Set(wanted)
    for (const { y, back } of this.#records) if ([...back.keys()].some((x) => needed.has(x))) needed.add(y)
    const grads = new Map(seeds)
    for (const { y, back } of this.#records.toReversed()) {
      const dy = grads.get(y)
      if (dy === undefined) continue
      for (const [x, gradient] of back) {
        if (!needed.has(x)) continue
        const before = grads.get(x)
        grads.set(x, before === undefined ? gradient(dy) : this.op('Add', [before, gradient(dy)]))
      }
    }
    return grads
  }

  dense(x: string, w: string, b: string): string {
    return this.record(this.op('Gemm', [x, w, b]), {
      [x]: (dy) => this.op('Gemm', [dy, w], { transB: 1 }),
      [w]: (dy) => this.op('Gemm', [x, dy], { transA: 1 }),
      [b]: (dy) => this.op('ReduceSum', [dy, this.constant([0n])], { keepdims: 0 }),
    })
  }
  relu(x: string): string {
    const y = this.op('Relu', [x])
    return this.record(y, { [x]: (dy) => this.op('Where', [this.op('Greater', [y, 0]), dy, 0]) })
  }
  leaky(x: string): string {
    const slope = (dy: string) => this.op('Where', [this.op('Greater', [x, 0]), dy, this.op('Mul', [dy, 0.2])])
    return this.record(this.op('LeakyRelu', [x], { alpha: float(0.2) }), { [x]: slope })
  }
  tanh(x: string): string {
    const y = this.op('Tanh', [x])
    return this.record(y, { [x]: (dy) => this.op('Mul', [dy, this.op('Sub', [1, this.op('Mul', [y, y])])]) })
  }

  model(): Uint8Array {
    const all = (number: number, parts: Iterable<Uint8Array>): Field[] => [...parts].map((p): Field => [number, p])
    const values = [...all(5, this.#constants.values()), ...all(11, this.#inputs), ...all(12, this.#outputs)]
    const graph = message(...all(1, this.#nodes), [2, 'step'], ...values)
    return message([1, 8], [8, message([1, ''], [2, 15])], [7, graph])
  }
}
