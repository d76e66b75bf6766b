// A part of a model as an ONNX file: IR 8, opset 17.
import { isInput } from '../../graph/leaves.ts'
import { dynamicPart, type Dimension, isBatchwise } from '../dynamic.ts'
import { fold } from '../fold.ts'
import type { Source } from '../source.ts'
import { Emitter, FLOAT, INT64, type Layout, TO_NCHW } from './emitter.ts'
import { encodeMessage, type Message } from './proto.ts'
import { emit } from './rules.ts'

const IR_VERSION = 8
const OPSET = 17
/** Class numbers are integers, as other software has them. */
const LABELS = 'labels'

export interface OnnxOptions {
  readonly layout: Layout
  readonly float16: boolean
}

export function writeOnnx(source: Source, { layout, float16 }: OnnxOptions): Uint8Array<ArrayBuffer> {
  const part = dynamicPart(source)
  const to = new Emitter(part, fold(source, part), float16)
  const turned = (rank: number) => layout === 'nchw' && rank === 4
  const given: Message[] = []
  for (const [name, tensor] of part.inputs) {
    const axes = turned(tensor.shape.length) ? TO_NCHW : tensor.shape.map((_, i) => i)
    given.push(valueInfo(name, name === LABELS ? INT64 : FLOAT, axes.map((axis) => part.dimensionsOf(tensor)[axis]!)))
    to.set(tensor, name === LABELS ? to.add('Cast', [name], { to: FLOAT }) : name, turned(tensor.shape.length) ? 'nchw' : 'nhwc')
  }
  for (const tensor of part.tensors) if (!isInput(tensor) && !to.isFixed(tensor)) emit(tensor, to)
  const made = [...part.outputs].map(([name, tensor]) => {
    const axes = turned(tensor.shape.length) ? TO_NCHW : tensor.shape.map((_, i) => i)
    to.promise(name, turned(tensor.shape.length) ? to.nchw(tensor) : to.plain(tensor))
    return valueInfo(name, FLOAT, axes.map((axis) => part.dimensionsOf(tensor)[axis]!))
  })
  const { facts } = source
  return encodeMessage('Model', {
    irVersion: IR_VERSION, producerName: 'ganglion', producerVersion: facts.ganglion,
    graph: {
      node: to.nodes, name: `${facts.kind} ${facts.part}`, initializer: to.initializers, input: given, output: made,
    },
    opsetImport: { domain: '', version: OPSET },
    metadata: Object.entries({ ...facts, layout }).map(([key, value]) => (
      { key, value: typeof value === 'string' ? value : JSON.stringify(value) })),
  })
}

const dimensionOf = (d: Dimension): Message => (
  isBatchwise(d) ? { dimParam: d.times === 1 ? 'batch' : `${d.times} * batch` } : { dimValue: d })

const valueInfo = (name: string, elemType: number, dimensions: readonly Dimension[]): Message => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dimensions.map(dimensionOf) } } },
})
