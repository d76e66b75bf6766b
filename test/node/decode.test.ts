// Pictures of every kind of PNG, by their samples; and each lie of a file, which is refused before its memory is spent.
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { decodePng } from '../../src/node/png.ts'
import { decodePicture as decodeAny } from '../../src/pictures/decode.ts'
import { chunk, file, header, lines, type Made, png, SAMPLES } from '../pngs.ts'

/** The samples that a picture needs: grey or colour, with alpha where a pixel is not opaque. */
async function decodePicture(bytes: Uint8Array, name: string) {
  const { width, height, grey, opaque, rgba } = await decodeAny(bytes, name)
  const from = [...(grey ? [0] : [0, 1, 2]), ...(opaque ? [] : [3])]
  const samples = Array.from({ length: width * height * from.length }, (_, i) => (
    rgba[4 * Math.floor(i / from.length) + from[i % from.length]!]!))
  return {
    width, height, channels: from.length,
    pixels: rgba.BYTES_PER_ELEMENT === 2 ? Uint16Array.from(samples) : Uint8Array.from(samples),
  }
}

const palette = (colours: number, grey = false): Uint8Array =>
  chunk('PLTE', Uint8Array.from({ length: 3 * colours }, (_, i) => (grey ? 9 * Math.floor(i / 3) : 7 * i) % 256))
const kinds = [
  [0, 1], [0, 2], [0, 4], [0, 8], [0, 16], [2, 8], [2, 16], [3, 1], [3, 2], [3, 4], [3, 8], [4, 8], [4, 16], [6, 8], [6, 16],
] as const
const made = (colorType: number, depth: number, interlaced: boolean, width = 9, height = 11): Made => {
  const most = colorType === 3 ? Math.min(2 ** depth, 90) : 2 ** depth
  const length = width * height * SAMPLES[colorType]!
  return {
    width, height, colorType, depth, interlaced,
    samples: Array.from({ length }, (_, i) => (i * 40503 + 12345 * Math.floor(i / 7)) % most),
    before: colorType === 3 ? [palette(most)] : [],
  }
}

describe.each([false, true])('interlaced %s', (interlaced) => {
  test.each(kinds)('colour type %i, %i bits', async (colorType, depth) => {
    for (const [width, height] of [[9, 11], [1, 1], [3, 1], [1, 20]]) {
      const picture = made(colorType, depth, interlaced, width, height)
      const { samples } = picture
      const full = depth < 8 ? 255 / (2 ** depth - 1) : 1
      const wanted = colorType === 3 ? Array.from(samples, (s) => [0, 1, 2].map((k) => (7 * (3 * s + k)) % 256)).flat()
        : Array.from(samples, (s) => s * full)
      expect(await decodePicture(png(picture), 'f')).toEqual({
        width, height, channels: colorType === 3 ? 3 : SAMPLES[colorType],
        pixels: depth === 16 ? Uint16Array.from(wanted) : Uint8Array.from(wanted),
      })
    }
  })
})

test('a palette of greys makes a grey picture, a colour more a coloured one', async () => {
  const picture = { ...made(3, 4, false), samples: Array.from({ length: 99 }, (_, i) => i % 5) }
  const grey = await decodePicture(png({ ...picture, before: [palette(5, true)] }), 'f')
  expect(grey).toEqual({ width: 9, height: 11, channels: 1, pixels: Uint8Array.from(picture.samples, (s) => 9 * s) })
  expect((await decodePicture(png({ ...picture, before: [palette(6)] }), 'f')).channels).toBe(3)
})

test('tRNS makes what it names transparent, in any kind; opaque pixels have no alpha', async () => {
  const dot = (colorType: number, samples: number[], trns: number[], ...more: Uint8Array[]) => decodePicture(png({
    width: 1, height: 1, colorType, depth: 8, samples, before: [...more, chunk('tRNS', Uint8Array.from(trns))],
  }), 'f')
  expect(await dot(0, [7], [0, 7])).toMatchObject({ channels: 2 })
  expect(await dot(0, [7], [0, 8])).toMatchObject({ channels: 1, pixels: Uint8Array.of(7) })
  expect(await dot(2, [1, 2, 3], [0, 1, 0, 2, 0, 3])).toMatchObject({ channels: 4 })
  expect(await dot(3, [1], [255, 9], palette(2))).toMatchObject({ channels: 4, pixels: Uint8Array.of(21, 28, 35, 9) })
  expect(await decodePicture(png({ ...made(6, 8, false, 1, 1), samples: [1, 2, 3, 255] }), 'f')).toMatchObject({ channels: 3 })
})

test('16 bits stay 16 bits', () => {
  const { depth, rgba } = decodePng(png({ width: 1, height: 1, colorType: 2, depth: 16, samples: [1, 258, 65535] }))
  expect([depth, rgba]).toEqual([16, Uint16Array.of(1, 258, 65535, 65535)])
})

test('bytes after the end, chunks that nobody needs, and a palette that is a suggestion', async () => {
  const grey = made(0, 8, false)
  const whole = png({ ...grey, before: [chunk('tEXt', Buffer.from('k\0v')), chunk('iCCP', gzipSync('x'.repeat(999)))] })
  expect(await decodePicture(Buffer.concat([whole, Buffer.alloc(1000, 7)]), 'f')).toEqual(await decodePicture(png(grey), 'f'))
  const colour = made(2, 8, false)
  expect(await decodePicture(png({ ...colour, before: [palette(3)] }), 'f')).toEqual(await decodePicture(png(colour), 'f'))
})

describe('what a file says of itself is checked before memory is spent', () => {
  const zeros = (length: number) => deflateSync(new Uint8Array(length), { level: 9 })
  const says = (bytes: Uint8Array, what: string) => expect(() => decodePng(bytes, 'f')).toThrow(
    new GanglionError(`"f" is a damaged PNG file: ${what}; save or download it again`),
  )
  const head = (more: Partial<Made> = {}) => header({ width: 8, height: 8, colorType: 0, depth: 8, ...more })

  test('data shorter or longer than the header promises', () => {
    for (const interlaced of [false, true]) {
      const promised = lines({ ...made(0, 8, interlaced, 8, 8) }).length
      says(file(head({ interlaced }), chunk('IDAT', zeros(promised - 1)), chunk('IEND')),
        `its data are too short, ${promised - 1} of ${promised} bytes`)
      for (const length of [promised + 1, 2e8]) {
        says(file(head({ interlaced }), chunk('IDAT', zeros(length)), chunk('IEND')),
          `its data are too long, its header promises ${promised} bytes`)
      }
    }
  })

  test('a size beyond the limit, which can be raised; a size that data do not fill', () => {
    const sized = (width: number, height: number, depth: number, length: number) => (
      file(header({ width, height, colorType: 0, depth }), chunk('IDAT', zeros(length)), chunk('IEND'))
    )
    const large = sized(30000, 30000, 8, 10)
    expect(() => decodePng(large, 'f')).toThrow(new GanglionError(
      '"f" unpacks to 3607680000 bytes, expected at most 134217728; if it is meant, ' +
      'raise the limit (maxBytes, on the command line --max-bytes) to 3607680000',
    ))
    expect(() => decodePng(large, 'f', { maxBytes: 2 ** 40 })).toThrow(/too short, 10 of 900030000 bytes/)
    expect(() => decodePng(sized(1, 2 ** 21, 1, 2 ** 22))).toThrow(/unpacks to 545259520 bytes/)
    expect(() => decodePng(large, 'f', { maxBytes: -1 }))
      .toThrow(new RangeError('decodePng: maxBytes is -1, expected a positive integer'))
  })

  test('damage, with its reason', () => {
    const data = chunk('IDAT', zeros(72))
    const whole = file(head(), data, chunk('IEND'))
    says(whole.subarray(0, whole.length - 12), 'it is cut short, its last chunk is not IEND')
    says(whole.subarray(0, 50), 'it is cut short, its chunk IDAT at byte 33 takes 12 bytes')
    says(file(), 'it is cut short, its last chunk is not IEND')
    says(file(data), 'its first chunk, and no other, has to be IHDR')
    says(file(head(), head(), data, chunk('IEND')), 'its first chunk, and no other, has to be IHDR')
    says(file(head(), chunk('IEND')), 'it has no data')
    says(file(head(), data, chunk('tEXt'), data, chunk('IEND')), 'another chunk stands between those of its data')
    says(file(head({ colorType: 3 }), data, chunk('IEND')), 'it has no palette')
    says(file(head({ colorType: 3, depth: 2 }), palette(5), data, chunk('IEND')),
      'its palette has 15 bytes, expected three for each of 1 to 4 colours')
    says(file(head({ colorType: 4 }), chunk('tRNS', Buffer.of(0, 0)), data, chunk('IEND')),
      'its tRNS of 2 bytes does not fit its colour type 4')
    says(file(head({ colorType: 5 }), data, chunk('IEND')), 'no PNG has the colour type 5 with 8 bits')
    says(file(head({ colorType: 2, depth: 4 }), data, chunk('IEND')), 'no PNG has the colour type 2 with 4 bits')
    says(file(head({ width: 0 }), data, chunk('IEND')), 'it is 0x8 pixels')
    says(file(chunk('IHDR', Buffer.alloc(12)), data, chunk('IEND')), 'IHDR takes 13 bytes, found 12')
    says(file(head(), chunk('IDAT', zeros(72).subarray(0, 6)), chunk('IEND')), 'unexpected end of file')
    says(file(head(), chunk('IDAT', Buffer.alloc(20, 0x78)), chunk('IEND')), 'incorrect header check')
    const flipped = Buffer.from(whole)
    flipped[30] = flipped[30]! ^ 1
    says(flipped, 'its chunk IHDR was changed, its checksum is another')
    says(file(head(), chunk('IDAT', deflateSync(new Uint8Array(72).fill(9))), chunk('IEND')), 'Unrecognised filter type - 9')
    expect(() => decodePng(file(head(), chunk('ABCD'), data, chunk('IEND')), 'f')).toThrow(
      new GanglionError('"f" needs the PNG chunk ABCD, which is not known here; save it as a plain PNG file'))
  })
})

test('a picture in a million chunks, most of them empty, is refused', async () => {
  const whole = file(header({ width: 8, height: 8, colorType: 0, depth: 8 }), chunk('IDAT', deflateSync(new Uint8Array(72))),
    chunk('IEND'))
  const of = (count: number) => {
    const empty = chunk('IDAT')
    return Buffer.concat([whole.subarray(0, 33), Buffer.alloc(count * empty.length, empty), whole.subarray(33)])
  }
  expect(await decodePicture(of(1000), 'f')).toMatchObject({ width: 8, height: 8, pixels: new Uint8Array(64) })
  const refused = '"f" has more than 100000 PNG chunks, expected some thousands at most; save it again'
  expect(() => decodePng(of(1e6), 'f')).toThrow(refused)
  await expect(decodePicture(of(1e6), 'f')).rejects.toThrow(refused)
})

test('data that are whole, but not what their checksums were made of', async () => {
  const head = header({ width: 8, height: 8, colorType: 0, depth: 8 })
  const data = deflateSync(Uint8Array.from({ length: 72 }, (_, i) => (i % 9 ? i : 0)))
  const made = (packed: Uint8Array) => file(head, chunk('IDAT', packed), chunk('IEND'))
  const changed = (bytes: Uint8Array, at: number) => Uint8Array.from(bytes, (b, i) => (i === at ? b ^ 1 : b))
  const whole = made(data)
  await decodePicture(whole, 'f')
  decodePng(whole, 'f')
  for (const bytes of [
    // The checksum of zlib, data after it, the checksum of the last chunk of data, that of the end.
    made(changed(data, data.length - 1)), made(Buffer.concat([data, Buffer.alloc(9, 7)])), changed(whole, whole.length - 13),
    changed(whole, whole.length - 1),
  ]) {
    const refused = /^"f" is a damaged PNG file: (its|incorrect|other) .*; save or download it again$/
    expect(() => decodePng(bytes, 'f')).toThrow(refused)
    await expect(decodePicture(bytes, 'f')).rejects.toThrow(refused)
  }
})

test.each([
  ['a GIF picture', [...Buffer.from('GIF89a')]], ['a BMP picture', [...Buffer.from('BM')]],
  ['an AVIF picture', [...Buffer.from('0000ftypavif')]], ['no picture that is known here', [...Buffer.from('hello')]],
])('what is %s is called by its name', async (kind, bytes) => {
  await expect(decodePicture(Uint8Array.from(bytes), 'a.png')).rejects
    .toThrow(new GanglionError(`"a.png" is ${kind}, expected PNG, JPEG or WebP; convert it first`))
})
