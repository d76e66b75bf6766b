// Nodes that are layers of torch.nn: how each is made, and called.
import { type Attributes, isEven, padding, tuple } from './expressions.ts'

/** A layer's node: its kind in ONNX, its attributes, the shape of its weight, whether a bias follows, and its input's axes. */
export interface LayerNode {
  readonly opType: string
  readonly attributes: Attributes
  readonly shape: readonly number[]
  readonly bias: boolean
  readonly rank: number
}
export const LAYERS: readonly string[] = ['MatMul', 'Conv', 'ConvTranspose', 'BatchNormalization']

const two = (value: unknown): string => tuple(value)
const truth = (x: boolean): string => (x ? 'True' : 'False')

/** Python's words that make the layer. */
export function made({ opType, attributes, shape, bias, rank }: LayerNode): string {
  const [first, second] = shape as [number, number]
  if (opType === 'MatMul') return `nn.Linear(${second}, ${first}, bias=${truth(bias)})`
  if (opType === 'BatchNormalization') {
    const epsilon = Number((attributes['epsilon'] as number).toPrecision(7))
    return `nn.BatchNorm${rank === 4 ? 2 : 1}d(${first}, eps=${epsilon})`
  }
  const { kernel_shape: kernel, strides, dilations = [1, 1], group = 1, pads, output_padding: more } = attributes
  const around = isEven(pads as number[]) ? tuple((pads as number[]).slice(0, 2)) : '0'
  const common = `${two(kernel)}, stride=${two(strides)}, padding=${around}, dilation=${two(dilations)}, bias=${truth(bias)}`
  if (opType === 'Conv') return `nn.Conv2d(${second * (group as number)}, ${first}, ${common}, groups=${group as number})`
  return `nn.ConvTranspose2d(${first}, ${second}, ${common}, output_padding=${two(more)})`
}

/** Python's words that call it. What is padded by unequal numbers is padded before, or cut after. */
export function called({ opType, attributes: { pads } }: LayerNode, layer: string, x: string): string {
  const uneven = pads !== undefined && !isEven(pads as number[])
  if (!uneven) return `${layer}(${x})`
  if (opType === 'Conv') return `${layer}(F.pad(${x}, ${padding(pads as number[])}))`
  return `F.pad(${layer}(${x}), ${padding((pads as number[]).map((n) => -n))})`
}
