// The grid's pixels written out by hand, its rounding, and the PNG that is made of it.
import { describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { imageGrid } from '../../src/formats/grid.ts'
import type { GridOptions } from '../../src/formats/grid.ts'
import { decodePng, encodePng } from '../../src/node/png.ts'

describe('imageGrid', () => {
  test('three grey images in two columns: enlarged, framed, the empty place in the frame\'s colour', () => {
    const images = Float32Array.of(-1, 1, 0, 1, 1, -1) // each 1 high, 2 wide
    const { width, height, channels, pixels } = imageGrid(images, { shape: [1, 2, 1], scale: 2, gap: 1 })
    const g = 48
    expect({ width, height, channels }).toEqual({ width: 11, height: 7, channels: 1 })
    const first = [g, 0, 0, 255, 255, g, 128, 128, 255, 255, g]
    const second = [g, 255, 255, 0, 0, g, g, g, g, g, g]
    const between = Array(11).fill(g)
    expect([...pixels]).toEqual([between, first, first, between, second, second, between].flat())
  })

  test('RGB keeps its channels apart', () => {
    const images = Float32Array.of(0, 0.5, 1, 1, 0, 0)
    const { pixels, channels } = imageGrid(images, { shape: [2, 1, 3], scale: 1, gap: 1, range: [0, 1] })
    const g = [44, 48, 58]
    expect(channels).toBe(3)
    expect([...pixels]).toEqual([g, g, g, g, [0, 128, 255], g, g, [255, 0, 0], g, g, g, g].flat())
  })

  test('values are rounded to the nearest byte and clamped, NaN is 0', () => {
    const values = [0, 0.4 / 255, 0.6 / 255, 254.4 / 255, 254.6 / 255, 1, -3, 7, Infinity, -Infinity, NaN]
    const { pixels } = imageGrid(Float32Array.from(values), { shape: [1, 11, 1], scale: 1, gap: 0, range: [0, 1] })
    expect([...pixels]).toEqual([0, 0, 1, 254, 255, 255, 0, 255, 255, 0, 0])
  })

  test('defaults: the squarest grid, 3 pixels a side, gaps of 2', () => {
    expect(imageGrid(new Float32Array(64 * 784), { shape: [28, 28, 1] })).toMatchObject({ width: 690, height: 690 })
    expect(imageGrid(new Float32Array(5 * 4), { shape: [2, 2, 1] })).toMatchObject({ width: 26, height: 18 })
    expect(imageGrid(new Float32Array(2 * 4), { shape: [2, 2, 1], columns: 8 })).toMatchObject({ width: 18, height: 10 })
  })

  test.each<[Partial<GridOptions>, string]>([
    [{ shape: [2, 2, 2] as unknown as [number, number, 1] },
      'imageGrid: there are 2 channels, expected 1 (grey), 3 (RGB) or 4 (RGBA)'],
    [{ shape: [0, 2, 1] }, 'imageGrid: shape is [0, 2, 1], expected 3 positive integers, [height, width, channels]'],
    [{ shape: [2, 1.5, 1] }, 'imageGrid: shape is [2, 1.5, 1], expected 3 positive integers, [height, width, channels]'],
    [{ shape: [3, 1, 1] }, 'imageGrid: images expected a multiple of 3x1x1 = 3 values, got 4'],
    [{ scale: 0 }, 'imageGrid: scale is 0, expected a positive integer'],
    [{ gap: -1 }, 'imageGrid: gap is -1, expected 0 or a positive integer'],
    [{ columns: 0 }, 'imageGrid: columns is 0, expected a positive integer'],
    [{ range: [1, 1] }, 'imageGrid: range is [1, 1], expected [low, high], low below high'],
    [{ range: [NaN, 1] }, 'imageGrid: range is [NaN, 1], expected [low, high], low below high'],
  ])('refuses %o', (change, message) => {
    expect(() => imageGrid(new Float32Array(4), { shape: [2, 2, 1], ...change })).toThrow(new RangeError(message))
  })

  test('refuses no images, and what is not floats', () => {
    expect(() => imageGrid(new Float32Array(0), { shape: [2, 2, 1] })).toThrow(RangeError)
    expect(() => imageGrid([1] as unknown as Float32Array, { shape: [1, 1, 1] }))
      .toThrow(new TypeError('imageGrid: images is [1], expected a Float32Array'))
  })
})

describe('encodePng', () => {
  test.each([[1, 0], [3, 2]] as const)('%i channels: colour type %i, 8 bits, the pixels come back', (channels, colorType) => {
    const pixels = Uint8Array.from({ length: 5 * 4 * channels }, (_, i) => (i * 37) % 256)
    const file = encodePng({ width: 5, height: 4, channels, pixels })
    expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect([...file.subarray(24, 26)]).toEqual([8, colorType]) // IHDR: bit depth, colour type
    const { width, height, rgba } = decodePng(file)
    expect([width, height]).toEqual([5, 4])
    for (let i = 0; i < 20; i++) {
      const wanted = channels === 1 ? Array(3).fill(pixels[i]) : [...pixels.subarray(3 * i, 3 * i + 3)]
      expect([...rgba.subarray(4 * i, 4 * i + 4)]).toEqual([...wanted, 255])
    }
  })

  test('refuses the wrong number of bytes', () => {
    expect(() => encodePng({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(5) }))
      .toThrow(new RangeError('encodePng: pixels expected 2x2x1 bytes, got 5'))
  })

  test('decodePng refuses what is not a PNG', () => {
    const file = encodePng({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(4) })
    for (const bytes of [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), file.subarray(0, 7), new Uint8Array()]) {
      expect(() => decodePng(bytes, 'f')).toThrow(new GanglionError('"f" is not a PNG file; give one that is'))
    }
    const changed = Uint8Array.from(file, (x, i) => (i === 20 ? x ^ 1 : x))
    for (const bytes of [file.subarray(0, 30), changed]) {
      expect(() => decodePng(bytes, 'f')).toThrow(/^"f" is a damaged PNG file: .*; save or download it again$/)
    }
    expect(() => decodePng('x' as unknown as Uint8Array))
      .toThrow(new TypeError('decodePng: bytes expected a Uint8Array, got string'))
  })
})
