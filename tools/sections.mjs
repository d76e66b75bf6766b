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

/**
 * A binary without its data. asc writes an object for each registered kernel, and none of them is ever read: the table
 * holds the kernels. A core that had other data, or calls through a variable as the threaded ones do, would need it.
 */
export function withoutData(bytes) {
  const kept = [...sections(bytes)].filter(({ id }) => id !== DATA && id !== DATA_COUNT)
  return Buffer.concat([bytes.subarray(0, HEADER), ...kept.map(({ start, end }) => bytes.subarray(start, end))])
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
