// ONNX's nodes as expressions of Python: tensors by torch, lists of sizes by Python's own.

export type Attributes = Readonly<Record<string, unknown>>
/** An input: what stands for it, and whether it is a list of integers. */
export interface Term {
  readonly text: string
  readonly isList: boolean
}
type Form = (inputs: readonly string[], attributes: Attributes) => string

const call = (name: string): Form => (inputs) => `${name}(${inputs.join(', ')})`
const infix = (sign: string): Form => ([a, b]) => `${a} ${sign} ${b}`
/** Where torch takes no numbers. */
const tensors = (name: string): Form => (inputs) =>
  `${name}(${inputs.map((x) => (isNumber(x) ? `torch.tensor(${x})` : x)).join(', ')})`
const isNumber = (text: string): boolean => /^-?(\d|float)/.test(text)
export const tuple = (values: unknown): string => `(${(values as readonly number[]).join(', ')})`
const ints = (text: string): number[] => JSON.parse(text) as number[]

/** ONNX's pads, all before and then all after, as F.pad has them: from the last axis on. */
export function padding(pads: readonly number[]): string {
  const rank = pads.length / 2
  const axes = Array.from({ length: rank }, (_, i) => rank - 1 - i)
  return `(${axes.map((axis) => `${pads[axis]}, ${pads[axis + rank]}`).join(', ')})`
}
export const isEven = (pads: readonly number[]): boolean => pads[0] === pads[2] && pads[1] === pads[3]
const padded = (x: string, pads: readonly number[], value = '0.0'): string =>
  (pads.some((n) => n) ? `F.pad(${x}, ${padding(pads)}, value=${value})` : x)

const slice: Form = ([x, begins, ends, axes, steps]) => {
  if (steps !== undefined) return `${x}.flip(${axes})`
  const last = ints(ends!)
  const parts = ints(begins!).map((begin, i) => `${begin || ''}:${last[i]! > 1e12 ? '' : last[i]}`)
  return `${x}[${parts.join(', ')}]`
}

const FORMS: Readonly<Record<string, Form>> = {
  Identity: ([x]) => x!,
  Add: infix('+'), Sub: infix('-'), Mul: infix('*'), Div: infix('/'),
  Less: infix('<'), LessOrEqual: infix('<='), Equal: infix('=='),
  Neg: ([x]) => `-${x}`,
  Max: tensors('torch.maximum'), Min: tensors('torch.minimum'), Where: tensors('torch.where'),
  Abs: call('torch.abs'), Sign: call('torch.sign'), Floor: call('torch.floor'), Reciprocal: call('torch.reciprocal'),
  Sqrt: call('torch.sqrt'), Exp: call('torch.exp'), Log: call('torch.log'), Sin: call('torch.sin'), Cos: call('torch.cos'),
  Erf: call('torch.erf'), Atanh: call('torch.atanh'), Tanh: call('torch.tanh'), Sigmoid: call('torch.sigmoid'),
  Relu: call('torch.relu'), Softplus: call('F.softplus'), Clip: call('torch.clip'), MatMul: call('torch.matmul'),
  LeakyRelu: ([x], { alpha }) => `F.leaky_relu(${x}, ${alpha as number})`,
  Elu: ([x], { alpha }) => `F.elu(${x}, ${alpha as number})`,
  Cast: ([x], { to }) => `(${x}).${to === 9 ? 'bool' : 'float'}()`,
  Softmax: ([x], { axis }) => `torch.softmax(${x}, ${axis as number})`,
  LogSoftmax: ([x], { axis }) => `torch.log_softmax(${x}, ${axis as number})`,
  Transpose: ([x], { perm }) => `${x}.permute${tuple(perm)}`,
  Reshape: ([x, shape]) => `${x}.reshape(${shape})`,
  Expand: ([x, shape]) => (isNumber(x!) ? `torch.full(${shape}, ${x}, dtype=torch.float32)` : `${x}.expand(${shape})`),
  Unsqueeze: ([x, axes]) => `${x}.unsqueeze(${ints(axes!)[0]})`,
  ReduceSum: ([x, axes], { keepdims }) => `${x}.sum(${axes}${keepdims ? ', keepdim=True' : ''})`,
  ReduceMax: ([x], { axes }) => `${x}.amax([${(axes as number[]).join(', ')}])`,
  Concat: (inputs, { axis }) => `torch.cat([${inputs.join(', ')}], ${axis as number})`,
  Pad: ([x, pads, value]) => `F.pad(${x}, ${padding(ints(pads!))}, value=${value})`,
  Slice: slice,
  Gather: ([x, at], { axis }) => `${x}.index_select(${axis as number}, torch.tensor(${at}, device=${x}.device))`,
  Shape: ([x]) => `list(${x}.shape)`,
  Conv: ([x, w], { strides, dilations = [1, 1], group = 1, pads }) => (
    `F.conv2d(${padded(x!, pads as number[])}, ${w}, stride=${tuple(strides)}, dilation=${tuple(dilations)}, ` +
    `groups=${group as number})`),
  MaxPool: ([x], { kernel_shape: kernel, strides, pads }) => (
    `F.max_pool2d(${padded(x!, pads as number[], "float('-inf')")}, ${tuple(kernel)}, ${tuple(strides)})`),
  AveragePool: ([x], { kernel_shape: kernel, strides, pads }) => {
    const over = (image: string) => `F.avg_pool2d(${padded(image, pads as number[])}, ${tuple(kernel)}, ${tuple(strides)})`
    return (pads as number[]).some((n) => n) ? `${over(x!)} / ${over(`torch.ones_like(${x})`)}` : over(x!)
  },
  Resize: ([x, , , sizes], { coordinate_transformation_mode: mode }) => (mode === 'asymmetric' ? `resize(${x}, ${sizes}[2:])`
    : `F.interpolate(${x}, size=${sizes}[2:], mode='bilinear', align_corners=${mode === 'align_corners' ? 'True' : 'False'})`),
}

/** Of lists of sizes. */
const LISTS: Readonly<Record<string, Form>> = {
  Gather: ([x, at]) => `[${ints(at!).map((i) => `${x}[${i}]`).join(', ')}]`,
  Slice: ([x, begin, end]) => `${x}[${ints(begin!)[0]}:${ints(end!)[0]}]`,
  Concat: (inputs) => `[${inputs.map((x) => `*${x}`).join(', ')}]`,
  Mul: ([x, times]) => `[n * ${ints(times!)[0]} for n in ${x}]`,
}

/** Python's words for a node; undefined where there are none. */
export function expressionOf(opType: string, inputs: readonly Term[], attributes: Attributes): Term | undefined {
  const list = inputs[0]?.isList ? LISTS[opType] : undefined
  const form = list ?? FORMS[opType]
  return form && { text: form(inputs.map(({ text }) => text), attributes), isList: list !== undefined || opType === 'Shape' }
}
