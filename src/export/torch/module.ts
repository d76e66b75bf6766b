// A part as a module of PyTorch, in Python's words: its layers are those of torch.nn, what lies between is written out. Made
// of the nodes that the part has as ONNX, whose images are NCHW as PyTorch's are.
// Invariant: every weight is in the module's state under its name, and in no other place.
import type { SavedTensor } from '../../formats/safetensors.ts'
import type { DynamicPart } from '../dynamic.ts'
import { permuted } from '../fold.ts'
import { type Emitter, FLOAT, without } from '../onnx/emitter.ts'
import type { Message } from '../onnx/proto.ts'
import { isFloats } from '../../options.ts'
import { type Attributes, expressionOf, type Term } from './expressions.ts'
import { called, type LayerNode, LAYERS, made } from './layers.ts'
import { fullName, type TorchName, torchNames } from './names.ts'

interface Node {
  readonly opType: string
  readonly input: readonly string[]
  readonly output: string
  readonly attributes: Attributes
}

interface Constant {
  readonly dims: readonly number[]
  readonly values: Float32Array | readonly number[]
}

export class TorchModule {
  /** Its state, by PyTorch's names. */
  readonly state = new Map<string, SavedTensor>()
  /** Lines of `forward`. */
  readonly forward: string[] = []
  readonly #part: DynamicPart
  readonly #nodes: readonly Node[]
  readonly #constants: ReadonlyMap<string, Constant>
  readonly #names: ReadonlyMap<string, TorchName>
  /** What makes each layer, by its path. */
  readonly #layers = new Map<string, string>()
  readonly #buffers = new Map<string, string>()
  readonly #terms: Map<string, Term>

  /** @throws GanglionError where the part has what PyTorch has nothing for */
  constructor(part: DynamicPart, to: Emitter) {
    this.#part = part
    this.#nodes = to.nodes.map(nodeOf)
    this.#constants = new Map(to.initializers.map((each) => [each['name'] as string, constantOf(each)]))
    const names = torchNames(part.variables, part.tensors)
    this.#names = new Map([...names].map(([v, name]) => [v.attrs.name, name]))
    this.#terms = new Map([...part.inputs.keys()].map((name) => [name, { text: name, isList: false }]))
    const done = new Set<Node>()
    for (const node of this.#nodes) if (!done.has(node)) for (const each of this.#write(node)) done.add(each)
    this.forward.push(`return ${[...part.outputs.keys()].map((name) => this.#terms.get(name)!.text).join(', ')}`)
  }

  /** Lines of `__init__`. */
  get init(): string[] {
    const buffers = [...this.#buffers.values()].map((name) => (
      `self.register_buffer('${name}', torch.zeros(${[...this.state.get(name)!.shape].join(', ')}))`))
    return [...nested(this.#layers), ...buffers]
  }

  /** Writes a node, and the bias after it where it is a layer's; the nodes that were written. */
  #write(node: Node): Node[] {
    const place = this.#layerOf(node)
    if (place) return this.#writeLayer(node, place)
    const term = expressionOf(node.opType, node.input.map((name) => this.#term(name)), node.attributes)
    if (!term) throw without(this.#part.tensors.at(-1)!, `needs ${node.opType}, which PyTorch has nothing for`)
    this.#name(node.output, term)
    return [node]
  }

  #name(output: string, { text, isList }: Term): void {
    const simple = /^\w+$/.test(text)
    if (!simple) this.forward.push(`v${this.forward.length} = ${text}`)
    this.#terms.set(output, { text: simple ? text : `v${this.forward.length - 1}`, isList })
  }

  /** The layer that a node is: one whose weight is a parameter of it, and was not met before. */
  #layerOf({ opType, input: [, weight = ''] }: Node): TorchName | undefined {
    const name = this.#names.get(weight)
    return LAYERS.includes(opType) && name?.parameter === 'weight' && !this.#layers.has(name.module) ? name : undefined
  }

  #writeLayer(node: Node, place: TorchName): Node[] {
    const [x, weight, ...others] = node.input as [string, string, ...string[]]
    const users = this.#nodes.filter(({ input }) => input.includes(node.output))
    const added = users.length === 1 && users[0]!.opType === 'Add' && node.opType !== 'BatchNormalization' ? users[0] : undefined
    const bias = added?.input.find((name) => {
      const found = this.#names.get(name)
      return found?.parameter === 'bias' && found.module === place.module
    })
    const layer: LayerNode = {
      opType: node.opType, attributes: node.attributes, shape: place.shape, bias: bias !== undefined, rank: this.#rankOf(weight),
    }
    this.#layers.set(place.module, made(layer))
    const { dims, values } = this.#constants.get(weight)!
    this.#keep(weight, node.opType === 'MatMul' ? permuted(values as Float32Array, dims, [1, 0]) : values)
    for (const name of bias === undefined ? others : [bias]) this.#keep(name, this.#constants.get(name)!.values)
    this.#name(bias === undefined ? node.output : added!.output, {
      text: called(layer, access(place.module), this.#term(x).text), isList: false,
    })
    return bias === undefined ? [node] : [node, added!]
  }

  /** The axes of the images or rows that a normalization with this weight takes. */
  #rankOf(weight: string): number {
    const reads = this.#part.tensors.find(({ op, inputs }) => op.name === 'channelAffine' &&
      inputs[2]?.inputs.some((x) => x.attrs['name'] === weight))
    return reads?.shape.length ?? 2
  }

  #keep(name: string, values: Constant['values']): void {
    const place = this.#names.get(name)!
    this.state.set(fullName(place), { shape: place.shape, data: Float32Array.from(values) })
  }

  #term(name: string): Term {
    const known = this.#terms.get(name)
    if (known) return known
    const constant = this.#constants.get(name)
    if (!constant) return { text: '', isList: false }
    const { dims, values } = constant
    if (!isFloats(values)) return { text: `[${values.join(', ')}]`, isList: true }
    return { text: dims.length ? `self.${this.#buffer(name, constant)}` : literal(values[0]!), isList: false }
  }

  /** The name of a tensor of the state that is no layer's. */
  #buffer(name: string, { dims, values }: Constant): string {
    const known = this.#buffers.get(name)
    if (known !== undefined) return known
    const own = name.replace(/\W/g, '_')
    this.#buffers.set(name, own)
    this.state.set(own, { shape: dims, data: Float32Array.from(values) })
    return own
  }
}

const nodeOf = ({ opType, input, output, attribute }: Message): Node => ({
  opType: opType as string, input: input as string[], output: output as string,
  attributes: Object.fromEntries((attribute as Message[]).map(({ name, i, f, s, ints }) => (
    [name as string, i ?? f ?? s ?? ints]))),
})

function constantOf({ dims, dataType, rawData }: Message): Constant {
  const { buffer, byteOffset, length } = rawData as Uint8Array<ArrayBuffer>
  const view = new DataView(buffer, byteOffset, length)
  const values = dataType === FLOAT ? Float32Array.from({ length: length / 4 }, (_, i) => view.getFloat32(i * 4, true))
    : Array.from({ length: length / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)))
  return { dims: dims as number[], values }
}

const literal = (x: number): string => (
  Number.isFinite(x) ? String(x) : `float('${Number.isNaN(x) ? 'nan' : x < 0 ? '-inf' : 'inf'}')`)

/** How Python reaches a layer by its path: the first name is an attribute, those below are keys. */
const access = (path: string): string => {
  const [first, ...rest] = path.split('.')
  return `self.${first}${rest.map((name) => `['${name}']`).join('')}`
}

/** Lines that make layers by their paths, in dictionaries where a path has several names. */
function nested(layers: ReadonlyMap<string, string>): string[] {
  const groups = new Map<string, Map<string, string>>()
  for (const [path, layer] of layers) {
    const [first = '', ...rest] = path.split('.')
    groups.set(first, (groups.get(first) ?? new Map<string, string>()).set(rest.join('.'), layer))
  }
  return [...groups].map(([name, own]) => `self.${name} = ${dictionary(own)}`)
}

function dictionary(layers: ReadonlyMap<string, string>): string {
  const own = layers.get('')
  if (own !== undefined) return own
  const lines = nested(layers).map((line) => line.replace(/^self\.(\w+) = /, "'$1': "))
  return `nn.ModuleDict({${lines.map((line) => `\n${line.replace(/^/gm, '    ')},`).join('')}\n})`
}
