// ONNX's messages as bytes: of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) the fields that are written
// here, each with its number and type. A message is an object with fields of these names.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

type FieldType = 'int64' | 'float' | 'string' | 'bytes' | Messages
type Fields = Readonly<Record<string, readonly [number: number, type: FieldType]>>
type Messages = keyof typeof MESSAGES
export type Message = Readonly<Record<string, unknown>>

const MESSAGES = {
  Model: {
    irVersion: [1, 'int64'], opsetImport: [8, 'OperatorSet'], producerName: [2, 'string'], producerVersion: [3, 'string'],
    graph: [7, 'Graph'], metadata: [14, 'Entry'],
  },
  OperatorSet: { domain: [1, 'string'], version: [2, 'int64'] },
  Entry: { key: [1, 'string'], value: [2, 'string'] },
  Graph: {
    node: [1, 'Node'], name: [2, 'string'], initializer: [5, 'Tensor'], docString: [10, 'string'], input: [11, 'ValueInfo'],
    output: [12, 'ValueInfo'],
  },
  Node: { input: [1, 'string'], output: [2, 'string'], name: [3, 'string'], opType: [4, 'string'], attribute: [5, 'Attribute'] },
  Attribute: {
    name: [1, 'string'], f: [2, 'float'], i: [3, 'int64'], s: [4, 'string'], ints: [8, 'int64'], type: [20, 'int64'],
  },
  Tensor: { dims: [1, 'int64'], dataType: [2, 'int64'], name: [8, 'string'], rawData: [9, 'bytes'] },
  ValueInfo: { name: [1, 'string'], type: [2, 'Type'], docString: [3, 'string'] },
  Type: { tensorType: [1, 'TensorType'] },
  TensorType: { elemType: [1, 'int64'], shape: [2, 'Shape'] },
  Shape: { dim: [1, 'Dimension'] },
  Dimension: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
} as const

/** The bytes of a message; of a list each element is a field. */
export function encodeMessage(kind: Messages, message: Message): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter()
  put(writer, kind, message)
  return writer.finish()
}

function put(writer: BinaryWriter, kind: Messages, message: Message): void {
  const fields: Fields = MESSAGES[kind]
  for (const [name, given] of Object.entries(message)) {
    const [number, type] = fields[name]!
    for (const value of Array.isArray(given) ? given as unknown[] : [given]) {
      if (type === 'int64') writer.tag(number, WireType.Varint).int64(value as number)
      else if (type === 'float') writer.tag(number, WireType.Bit32).float(value as number)
      else if (type === 'string') writer.tag(number, WireType.LengthDelimited).string(value as string)
      else if (type === 'bytes') writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array)
      else {
        writer.tag(number, WireType.LengthDelimited).fork()
        put(writer, type, value as Message)
        writer.join()
      }
    }
  }
}
