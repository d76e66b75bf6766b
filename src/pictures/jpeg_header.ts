// What the segments of a JPEG file say, up to its last scan. Source: ITU-T T.81, annex B; orientation: Exif 2.32, §4.6.4 A.
// Invariant: what passes has one or three components of 8 bits, and a bounded number of scans.
import { GanglionError } from '../errors.ts'

interface JpegHeader {
  readonly width: number
  readonly height: number
  readonly grey: boolean
  readonly cost: number
}

/** Scans of a progressive file go over all of it: an encoder makes some ten. */
const MOST_SCANS = 100
const [SOF0, SOF2, SOS, EOI, APP1] = [0xc0, 0xc2, 0xda, 0xd9, 0xe1]
const isFrame = (marker: number): boolean => marker >= SOF0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
/** Markers without a segment: TEM, RST, SOI. */
const isBare = (marker: number): boolean => marker === 1 || (marker >= 0xd0 && marker <= 0xd8)

const damaged = (name: string, what: string): GanglionError =>
  new GanglionError(`"${name}" is a damaged JPEG file: ${what}; save or download it again`)

/** @throws GanglionError when it is cut short, or of a kind that is not read */
export function jpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let frame: { width: number, height: number, components: number, progressive: boolean } | undefined
  let [turned, scans, at] = [false, 0, 2]
  for (;;) {
    // Entropy-coded data end at a marker: FF and neither 0 nor another FF.
    while (at + 1 < bytes.length && (bytes[at] !== 0xff || bytes[at + 1] === 0 || bytes[at + 1] === 0xff)) at++
    if (at + 1 >= bytes.length) throw damaged(name, 'it is cut short, it has no end')
    const marker = bytes[at + 1]!
    at += 2
    if (marker === EOI) break
    if (isBare(marker)) continue
    if (at + 2 > bytes.length) throw damaged(name, 'it is cut short')
    const end = at + view.getUint16(at)
    if (end > bytes.length || end < at + 2) throw damaged(name, `it is cut short, its segment at byte ${at - 2} has no end`)
    if (isFrame(marker)) {
      if (frame || end < at + 8) throw damaged(name, 'it has two frames, or half of one')
      frame = frameIn(view, at + 2, marker, name)
    } else if (marker === APP1) turned ||= isTurned(bytes.subarray(at + 2, end))
    else if (marker === SOS && ++scans > MOST_SCANS) {
      throw new GanglionError(`"${name}" has more than ${MOST_SCANS} scans, expected some ten; save it again`)
    }
    at = end
  }
  if (!frame || !scans) throw damaged(name, 'it holds no picture')
  const { width, height, components, progressive } = frame
  // Four bytes a pixel; a progressive file's coefficients, of 16 bits, are kept until its last scan.
  const cost = width * height * (4 + (progressive ? 2 * components : 0))
  const [w, h] = turned ? [height, width] : [width, height]
  return { width: w, height: h, grey: components === 1, cost }
}

function frameIn(view: DataView, at: number, marker: number, name: string) {
  const [precision, height, width, components] = [
    view.getUint8(at), view.getUint16(at + 1), view.getUint16(at + 3), view.getUint8(at + 5),
  ]
  if (!width || !height) throw damaged(name, `it is ${width}x${height} pixels`)
  const strange = marker > SOF2 ? 'is lossless, hierarchical or arithmetic-coded' : precision !== 8
    ? `has ${precision} bits a sample`
    : components === 4 ? 'is in CMYK' : components !== 1 && components !== 3 ? `has ${components} components` : ''
  if (strange) {
    throw new GanglionError(`"${name}" is a JPEG file that ${strange}, expected 8 bits a sample in grey or colour; ` +
      'save it as an RGB picture')
  }
  return { width, height, components, progressive: marker === SOF2 }
}

/** Whether Exif data say that the picture lies on its side: an orientation of 5 to 8. */
function isTurned(segment: Uint8Array): boolean {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0' || segment.length < 14) return false
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.length - 6)
  const little = tiff.getUint16(0) === 0x4949
  const first = tiff.getUint32(4, little)
  if (first + 2 > tiff.byteLength) return false
  const count = tiff.getUint16(first, little)
  for (let i = 0; i < count && first + 14 + 12 * i <= tiff.byteLength; i++) {
    const entry = first + 2 + 12 * i
    if (tiff.getUint16(entry, little) === 0x0112) return [5, 6, 7, 8].includes(tiff.getUint16(entry + 8, little))
  }
  return false
}
