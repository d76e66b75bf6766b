// Decoding and resizing against Pillow: pictures of every kind, resized in every way, to the same bytes.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodePicture } from '../../src/pictures/decode.ts'
import type { Fit } from '../../src/pictures/fit.ts'
import { prepare } from '../../src/pictures/prepare.ts'

/** By test/golden/gen_pictures.py. */
const folder = new URL('../golden/pictures/', import.meta.url)
const { decoded, resized } = JSON.parse(readFileSync(new URL('pillow.json', folder), 'utf8')) as {
  readonly decoded: Readonly<Record<string, readonly [width: number, height: number, sha256: string]>>
  readonly resized: readonly (readonly [file: string, width: number, height: number, channels: 1 | 3 | 4, fit: Fit,
    sha256: string])[]
}
const read = (file: string) => decodePicture(new Uint8Array(readFileSync(new URL(file, folder))), file)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const WHITE = [255, 255, 255] as const

test.each(Object.entries(decoded))('%s has the pixels that Pillow reads', async (file, [width, height, expected]) => {
  const picture = await read(file)
  expect({ width: picture.width, height: picture.height }).toEqual({ width, height })
  expect(sha256(picture.rgba as Uint8Array)).toBe(expected)
})

describe('resized to the bytes of Pillow', () => {
  test.each(resized)('%s to %ix%i, %i channels, %s', async (file, width, height, channels, fit, expected) => {
    const { pixels } = await prepare(await read(file), { width, height, channels, fit, background: WHITE, bits: 8 })
    expect(pixels.length).toBe(width * height * channels)
    expect(sha256(pixels as Uint8Array)).toBe(expected)
  })
})
