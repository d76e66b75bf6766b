// Taking sections out of a wasm binary. Its sections stand one after another, each an id, a length (LEB128) and content.
const HEADER = 8
const DATA = 11
const DATA_COUNT = 12

/**
 * A binary without its data. asc writes an object for each registered kernel, and none of them is ever read: the table
 * holds the kernels. A core that had other data, or calls through a variable as the threaded ones do, would need it.
 */
export function withoutData(bytes) {
  const kept = [bytes.subarray(0, HEADER)]
  for (let at = HEADER; at < bytes.length;) {
    const start = at
    const id = bytes[at++]
    let length = 0
    for (let shift = 0, more = true; more; shift += 7) {
      length |= (bytes[at] & 0x7f) << shift
      more = bytes[at++] >= 0x80
    }
    at += length
    if (id !== DATA && id !== DATA_COUNT) kept.push(bytes.subarray(start, at))
  }
  return Buffer.concat(kept)
}
