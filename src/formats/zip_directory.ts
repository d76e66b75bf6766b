// The checksums in a zip's directory, which fflate does not read. Source: APPNOTE 6.3, 4.3.12 to 4.3.16,
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.

const ENTRY = 0x02014b50
const END = 0x06054b50
const LOCATOR_OF_END_64 = 0x07064b50
const END_64 = 0x06064b50
const ENTRY_BYTES = 46
const END_BYTES = 22
const END_64_BYTES = 56
const LOCATOR_BYTES = 20
const MOST_COMMENT = 65535

interface Directory {
  readonly count: number
  readonly start: number
  readonly bytes: number
}

/** The CRC-32 of each file, signed, in the order of the directory; undefined where that is not whole, or elsewhere. */
export function checksumsOf(bytes: Uint8Array): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directory = directoryIn(view)
  if (!directory) return undefined
  const { count, start, bytes: size } = directory
  const end = start + size
  if (end > bytes.length || count * ENTRY_BYTES > size) return undefined
  const checksums: number[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== ENTRY) return undefined
    checksums.push(view.getInt32(at + 16, true))
    at += ENTRY_BYTES + [28, 30, 32].reduce((n, field) => n + view.getUint16(at + field, true), 0)
  }
  return at === end ? checksums : undefined
}

/** What the end of the zip says of its directory; undefined where there is no end, or it counts the files in two ways. */
function directoryIn(view: DataView): Directory | undefined {
  const word = (at: number): number => view.getUint32(at, true)
  const last = view.byteLength - END_BYTES
  let end = last
  while (end >= 0 && last - end <= MOST_COMMENT && word(end) !== END) end--
  if (end < 0 || last - end > MOST_COMMENT) return undefined
  const locator = end - LOCATOR_BYTES
  const end64 = locator >= 0 && word(locator) === LOCATOR_OF_END_64 ? word(locator + 8) : Infinity
  if (end64 + END_64_BYTES <= locator && word(end64) === END_64) {
    return { count: word(end64 + 32), bytes: word(end64 + 40), start: word(end64 + 48) }
  }
  const count = view.getUint16(end + 8, true)
  if (count !== view.getUint16(end + 10, true)) return undefined
  return { count, bytes: word(end + 12), start: word(end + 16) }
}
