// What a zip's directory says of its files and fflate does not look at. Source: APPNOTE 6.3, 4.3.12 to 4.3.16,
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.

const END = 0x06054b50
const LOCATOR_OF_END_64 = 0x07064b50
const END_BYTES = 22
const LOCATOR_BYTES = 20
const ENTRY_BYTES = 46

/** The CRC-32 of each file, signed, in the order of the directory, of a zip whose directory fflate could read. */
export function checksumsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number): number => view.getUint32(at, true)
  const half = (at: number): number => view.getUint16(at, true)
  let end = bytes.length - END_BYTES
  while (word(end) !== END) end--
  const locator = end - LOCATOR_BYTES
  const end64 = locator >= 0 && word(locator) === LOCATOR_OF_END_64 ? word(locator + 8) : undefined
  const count = end64 === undefined ? half(end + 8) : word(end64 + 32)
  let at = end64 === undefined ? word(end + 16) : word(end64 + 48)
  return Array.from({ length: count }, () => {
    const checksum = view.getInt32(at + 16, true)
    at += ENTRY_BYTES + half(at + 28) + half(at + 30) + half(at + 32)
    return checksum
  })
}
