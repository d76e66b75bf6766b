// The sections of a wasm binary. They stand one after another, each an id, a length (LEB128) and content.
const HEADER = 8
const CUSTOM = 0
const CODE = 10
const DATA = 11
const DATA_COUNT = 12

/** Reads an unsigned LEB128 number; returns it and where it ends. */
function number(bytes, at) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return [value, at]
  }
}

const encoded = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(value >>> 7)])
const withLength = (content) => Buffer.concat([Buffer.from(encoded(content.length)), content])

/** Each section's id, where it starts, where its content does, and its end. */
function* sections(bytes) {
  for (let start = HEADER; start < bytes.length;) {
    const [length, content] = number(bytes, start + 1)
    const end = content + length
    yield { id: bytes[start], start, content, end }
    start = end
  }
}

/** A part of what asc writes for a kernel: its object's length (28), or the object's id, its size, and the kernel's index. */
const ofKernel = (bytes) => bytes[0] === 28 || (bytes.length < 12 && bytes[0] === 4 && bytes[4] === 8)

/**
 * A binary without the objects that asc writes, one for each registered kernel. None of them is ever read: the table holds
 * the kernels. Calls through a variable, as the threaded cores make, would need them. Tables of constants stay.
 */
export function withoutObjects(bytes) {
  const kept = [...sections(bytes)].filter(({ id }) => id !== DATA_COUNT).map(({ id, start, content, end }) => (
    id === DATA ? withoutSegments(bytes.subarray(content, end)) : bytes.subarray(start, end)
  ))
  return Buffer.concat([bytes.subarray(0, HEADER), ...kept])
}

/** A data section of the segments that are no part of an object. Each is 0, `i32.const`, an address, `end`, its bytes. */
function withoutSegments(data) {
  let [count, at] = number(data, 0)
  const kept = []
  for (; count > 0; count--) {
    const start = at
    const [, end] = number(data, at + 2)
    const [length, content] = number(data, end + 1)
    at = content + length
    if (!ofKernel(data.subarray(content, at))) kept.push(data.subarray(start, at))
  }
  const body = Buffer.concat([Buffer.from(encoded(kept.length)), ...kept])
  return Buffer.concat([Buffer.from([DATA]), withLength(body)])
}

/** The functions' bodies, in the order of their indices. */
export function functionBodies(bytes) {
  const { content } = [...sections(bytes)].find(({ id }) => id === CODE)
  let [count, at] = number(bytes, content)
  const bodies = []
  for (; count > 0; count--) {
    const [length, start] = number(bytes, at)
    bodies.push(bytes.subarray(at, at = start + length))
  }
  return bodies
}

/** A binary that imports no function, with a name for each of its own. */
export function withFunctionNames(bytes, names) {
  const map = names.flatMap((name, index) => [...encoded(index), name.length, ...Buffer.from(name)])
  const functions = withLength(Buffer.from([...encoded(names.length), ...map]))
  const section = withLength(Buffer.concat([withLength(Buffer.from('name')), Buffer.from([1]), functions]))
  return Buffer.concat([bytes, Buffer.from([CUSTOM]), section])
}
