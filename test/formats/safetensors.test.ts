// Safetensors: the exact bytes that are written, the bits that come back, and a refusal in words for each damage.
import { describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { decodeSafetensors, encodeSafetensors, safetensorsShapes } from '../../src/formats/safetensors.ts'
import type { SavedTensor } from '../../src/formats/safetensors.ts'

const file = (header: string | object, data = 0, claim?: number): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claim ?? json.length), true)
  bytes.set(json, 8)
  return bytes
}
const f32 = (shape: number[], begin: number, end: number): object => ({ dtype: 'F32', shape, data_offsets: [begin, end] })

describe('encodeSafetensors', () => {
  test('sorts names, pads the header to 8 bytes with spaces, writes little-endian', () => {
    const bytes = encodeSafetensors(new Map<string, SavedTensor>([
      ['b', { shape: [2], data: Float32Array.of(1, -2) }],
      ['10', { shape: [], data: Uint32Array.of(0x12345678) }],
      ['9', { shape: [0, 3], data: new Float32Array(0) }],
    ]), { step: '7', a: 'é"' })
    const json = '{"__metadata__":{"a":"é\\"","step":"7"},"10":{"dtype":"U32","shape":[],"data_offsets":[0,4]},' +
      '"9":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}'
    const size = new DataView(bytes.buffer).getBigUint64(0, true)
    expect(size % 8n).toBe(0n)
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + Number(size)))
    expect(header.trimEnd()).toBe(json)
    expect(header.length - json.length).toBeLessThan(8)
    expect([...bytes.subarray(8 + Number(size))]).toEqual([0x78, 0x56, 0x34, 0x12, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  test('the order of insertion does not change the bytes', () => {
    const a = { shape: [1], data: Float32Array.of(1) }
    const b = { shape: [1], data: Float32Array.of(2) }
    expect(encodeSafetensors(new Map([['a', a], ['b', b]]), { x: '1', y: '2' }))
      .toEqual(encodeSafetensors(new Map([['b', b], ['a', a]]), { y: '2', x: '1' }))
  })

  test.each<[string, unknown, Error]>([
    ['t', { shape: [2, 2], data: new Float32Array(3) },
      new RangeError('encodeSafetensors: tensor "t" of shape [2,2] does not fit its 3 values')],
    ['t', { shape: [-1, -3], data: new Float32Array(3) },
      new RangeError('encodeSafetensors: tensor "t" of shape [-1,-3] does not fit its 3 values')],
    ['t', { shape: [1], data: new Float64Array(1) },
      new TypeError('encodeSafetensors: tensor "t" expected a Float32Array, a Uint32Array or a Uint8Array as data')],
    ['__metadata__', { shape: [1], data: new Float32Array(1) },
      new RangeError('encodeSafetensors: the name "__metadata__" is reserved; rename the tensor')],
  ])('refuses %s %o', (name, tensor, error) => {
    const call = () => encodeSafetensors(new Map([[name, tensor as SavedTensor]]))
    expect(call).toThrow(error)
    expect(call).toThrow(error.constructor)
  })

  test('refuses metadata that is not text', () => {
    expect(() => encodeSafetensors(new Map(), { step: 7 as unknown as string }))
      .toThrow(new TypeError('encodeSafetensors: metadata "step" expected a string, got number'))
  })
})

describe('decodeSafetensors', () => {
  test('gives back every bit, from any offset, as copies', () => {
    const words = Uint32Array.of(0x7fa00001, 0xffc12345, 0x80000000, 1) // NaN payloads, -0, the smallest denormal
    const tensors = new Map<string, SavedTensor>([
      ['w/kernel "é"', { shape: [2, 2], data: new Float32Array(words.buffer) }],
      ['z.counter', { shape: [2], data: Uint32Array.of(5, 0xffffffff) }],
      ['zero', { shape: [3, 0], data: new Float32Array(0) }],
    ])
    const bytes = encodeSafetensors(tensors, { format: 'ganglion' })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    const read = decodeSafetensors(shifted.subarray(3))
    shifted.fill(0)
    expect(read.metadata).toEqual({ format: 'ganglion' })
    expect([...read.tensors.keys()]).toEqual([...tensors.keys()])
    expect(new Uint32Array(read.tensors.get('w/kernel "é"')!.data.buffer)).toEqual(words)
    expect(read.tensors.get('z.counter')).toEqual(tensors.get('z.counter'))
    expect(read.tensors.get('zero')).toEqual(tensors.get('zero'))
  })

  test('takes what other writers do: no padding, any order, no metadata', () => {
    const bytes = file({ b: f32([1], 4, 8), a: f32([1], 0, 4) }, 8)
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 0.5, true)
    const { tensors, metadata } = decodeSafetensors(bytes)
    expect(metadata).toEqual({})
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    expect(tensors.get('b')).toEqual({ shape: [1], data: Float32Array.of(0.5) })
    expect(decodeSafetensors(file('{}')).tensors.size).toBe(0)
  })

  const a = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
  test.each<[string, Uint8Array, string]>([
    ['no header size', new Uint8Array(5), "the header's size takes 8 bytes, found 5"],
    ['text', new TextEncoder().encode('this is text, not tensors'),
      'its header would take 2338328219631577000 bytes, expected at most 100000000'],
    ['half a header', file('{}', 0, 90), 'it is cut short, its header takes 90 bytes, found 2'],
    ['an empty header', file('', 4), 'its header does not start with {'],
    ['a list', file('[]'), 'its header does not start with {'],
    ['broken JSON', file('{"a":'), 'tensor "a" expected {, found the end at character 5 of the header'],
    ['text after its end', file('{} x'), 'its header goes on after its end, found "x" at character 3 of the header'],
    ['a string without an end', file('{"a\\"'), 'its header has a string without an end'],
    ['a string that is none', file('{"\\x":1}'), 'its header has a string that is not JSON'],
    ['bytes that are not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), 'its header is not UTF-8'],
    ['a name twice', file(`{"a":${a},"b\\"":${a.replace('[0,4]', '[4,8]')},"\\u0061":${a}}`, 8), 'its header names "a" twice'],
    ['metadata of numbers', file('{"__metadata__":{"step":7}}'), '"__metadata__" is not an object of strings: it expected ", ' +
      'found "7}}" at character 24 of the header'],
    ['a tensor that is null', file('{"a":null}'), 'tensor "a" expected {, found "null}" at character 5 of the header'],
    ['a tensor that is its own name', file('{"a":"a"}'), 'tensor "a" expected {, ' +
      'found "\\"a\\"}" at character 5 of the header'],
    ...['-1', '-0', '1.0', '1e3', '01', '"1"', '9007199254740993', '12345678901234567890'].map((size) => ([
      `the size ${size}`, file(`{"a":{"shape":[${size}],"dtype":"F32","data_offsets":[0,4]}}`, 4),
      `tensor "a" expected integers of 0 or more, found ${JSON.stringify(`${size}],"dtype":"F32"`.slice(0, 12))} ` +
        'at character 15 of the header',
    ] as [string, Uint8Array, string]    )),
    ['a key of a tensor twice', file(`{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}`, 4),
      'tensor "a" names "shape" twice'],
    ['more sizes than there are', file({ a: f32(Array(65).fill(1), 0, 4) }, 4), 'tensor "a" has more than 64 sizes'],
    ['a key of the metadata twice', file('{"__metadata__":{"a":"b","a":"b"}}'), '"__metadata__" names "a" twice'],
    ['another field', file({ a: { ...f32([1], 0, 4), more: 1 } }, 4), 'tensor "a" has a field "more", ' +
      'expected dtype, shape and data_offsets'],
    ['one offset', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4),
      'tensor "a" expected a dtype, a shape and two data_offsets'],
    ['sizes whose product is NaN', file({ a: f32([...Array<number>(40).fill(2 ** 52), 0], 0, 4) }, 4),
      `tensor "a" (F32, [${Array(8).fill(2 ** 52)},…]) takes 0 bytes, but its data_offsets span 4`],
    ['offsets unlike the shape', file({ a: f32([2, 3], 0, 4) }, 4),
      'tensor "a" (F32, [2,3]) takes 24 bytes, but its data_offsets span 4'],
    ['offsets backwards', file({ a: f32([1], 8, 4) }, 8), 'tensor "a" (F32, [1]) takes 4 bytes, but its data_offsets span -4'],
    ['overlap', file({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12),
      'tensor "b" starts at byte 4, inside another that ends at 8'],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'no tensor covers bytes 4 to 8 of its data, before "b"'],
    ['a hole at the start', file({ a: f32([1], 4, 8) }, 8), 'no tensor covers bytes 0 to 4 of its data, before "a"'],
    ['too little data', file({ a: f32([2], 0, 8) }, 7), 'it is cut short, its tensors take 8 bytes of data, found 7'],
    ['too much data', file({ a: f32([2], 0, 8) }, 9), 'it is too long, its tensors take 8 bytes of data, found 9'],
  ])('refuses %s', (_, bytes, what) => {
    expect(() => decodeSafetensors(bytes, 'f'))
      .toThrow(new GanglionError(`"f" is not a valid safetensors file: ${what}; save or download it again`))
  })

  test('refuses a dtype that it does not read, by its name', () => {
    expect(() => decodeSafetensors(file({ a: { dtype: 'C64', shape: [1], data_offsets: [0, 8] } }, 8), 'f'))
      .toThrow(new GanglionError('"f" holds tensor "a" as "C64", expected F32, U32, F64, F16, BF16, F8_E5M2, F8_E4M3, ' +
        'I64, U64, I32, I16, U16, I8, U8, BOOL; convert it first'))
  })

  test('a header may be deep, long or of many tensors: it costs what it is, and is named in short', () => {
    expect(() => decodeSafetensors(file('{"a":'.repeat(20_000)), 'f')).toThrow(/tensor "a" has a field "a"/)
    expect(() => decodeSafetensors(file(`{"a":${'['.repeat(20_000)}`), 'f')).toThrow(/expected {, found "\[{12}" at/)
    for (const long of ['a'.repeat(5e6), '\\"'.repeat(2e6)]) {
      expect(() => decodeSafetensors(file(`{"${long}":7}`), 'f')).toThrow(/^.{150,250}$/)
    }
    const many = Array.from({ length: 50_000 }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`)
    expect(decodeSafetensors(file(`{${many.join()}}`)).tensors.size).toBe(50_000)
    const names = (count: number, value: string) => `{${Array.from({ length: count }, (_, i) => `"${i}":${value}`).join()}}`
    const empty = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    expect(decodeSafetensors(file(names(262_144, empty))).tensors.size).toBe(262_144)
    expect(() => decodeSafetensors(file(names(1_500_000, empty)), 'f')).toThrow(
      '"f" is not a valid safetensors file: its header has more than 262144 names; save or download it again')
    expect(() => decodeSafetensors(file(`{"__metadata__":${names(1e6, '""')}}`), 'f')).toThrow(/"__metadata__" has more than 65536 names/)
  })

  test('metadata may have any key', () => {
    const { metadata } = decodeSafetensors(file('{"__metadata__":{"__proto__":"a","constructor":"b"}}'))
    expect(Object.entries(metadata)).toEqual([['__proto__', 'a'], ['constructor', 'b']])
  })

  test('the shapes alone, by the header', () => {
    const bytes = file({ a: f32([2, 1], 0, 8), b: f32([], 8, 12) }, 12)
    expect([...safetensorsShapes(bytes)].map(([name, { shape }]) => [name, shape])).toEqual([['a', [2, 1]], ['b', []]])
    expect(() => safetensorsShapes(bytes.subarray(0, -1), 'f')).toThrow(/"f" is not a valid safetensors file: it is cut short/)
  })

  test('a name may be that of nested keys, or of a property of objects', () => {
    const { tensors } = decodeSafetensors(file(`{"dtype":${a},"__proto__":${a.replace('[0,4]', '[4,8]')}}`, 8))
    expect([...tensors.keys()]).toEqual(['dtype', '__proto__'])
  })

  test('refuses what is not bytes', () => {
    expect(() => decodeSafetensors('x' as unknown as Uint8Array))
      .toThrow(new TypeError('decodeSafetensors: bytes expected a Uint8Array, got string'))
  })
})
