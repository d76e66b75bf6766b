// The size of a WebP picture, from its first chunk. Source: RFC 9649, §2.5 to 2.7, §3.4; RFC 6386, §9.1.
import { GanglionError } from '../errors.ts'

const ANIMATION = 2

/** @throws GanglionError when it is cut short, animated, or begins with no chunk that the format has */
export function webpHeader(bytes: Uint8Array, name: string): { width: number, height: number } {
  const damaged = (what: string) => new GanglionError(`"${name}" is a damaged WebP file: ${what}; save or download it again`)
  if (bytes.length < 30) throw damaged('it is cut short')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(4, true) +
    8 > bytes.length) throw damaged(`it is cut short, it says that it has ${view.getUint32(4, true) + 8} bytes`)
  const chunk = String.fromCharCode(...bytes.subarray(12, 16))
  const three = (at: number) => view.getUint16(at, true) + bytes[at + 2]! * 0x10000
  if (chunk === 'VP8X') {
    if (bytes[20]! & ANIMATION) {
      throw new GanglionError(`"${name}" is an animated WebP, expected one picture; save one of its frames`)
    }
    return { width: three(24) + 1, height: three(27) + 1 }
  }
  if (chunk === 'VP8L' && bytes[20] === 0x2f) {
    const sizes = view.getUint32(21, true)
    return { width: (sizes & 0x3fff) + 1, height: ((sizes >> 14) & 0x3fff) + 1 }
  }
  const size = { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (chunk === 'VP8 ' && three(23) === 0x2a019d && size.width && size.height) return size
  throw damaged('it holds no picture')
}
