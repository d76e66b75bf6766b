// What a user says of how pictures become a data set, declared once.
import { count, flag, type Given, oneOf, option, rule, size, whole } from '../options.ts'
import { MOST_BYTES } from './decode.ts'
import type { Target } from './prepare.ts'

const NAMED: Readonly<Record<string, string>> = {
  white: '#ffffff', black: '#000000', gray: '#808080', grey: '#808080', red: '#ff0000', lime: '#00ff00', green: '#008000',
  blue: '#0000ff', yellow: '#ffff00', cyan: '#00ffff', magenta: '#ff00ff',
}
const HEX = /^#(?:[\da-f]{3}|[\da-f]{6})$/i

/** A colour as CSS writes it. */
export const colour = rule(`a colour: #rgb, #rrggbb, ${Object.keys(NAMED).join(', ')}`,
  (x): x is string => typeof x === 'string', (x) => HEX.test(x) || Object.hasOwn(NAMED, x))

/** Its red, green and blue, 0 to 255. */
export function rgbOf(text: string): Target['background'] {
  const hex = (NAMED[text] ?? text).slice(1)
  const digits = hex.length === 3 ? Array.from(hex, (digit) => digit + digit).join('') : hex
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as unknown as Target['background']
}

const CHANNELS = rule('1 (grey), 3 (colour) or 4 (with transparency)', (x): x is 1 | 3 | 4 => typeof x === 'number',
  (x) => [1, 3, 4].includes(x))
const BITS = rule('8 or 16', (x): x is 8 | 16 => typeof x === 'number', (x) => x === 8 || x === 16)

export const PREPARATION = {
  /** One number, or [height, width]. Default: the pictures' own, where all have one; else 64, or 32 of small ones. */
  size,
  /**
   * How a picture of other proportions comes into the size: `cover` cuts off what is over, `contain` shows all of it in front of
   * the background, `stretch` changes its proportions. Default 'cover'.
   */
  fit: option(oneOf('cover', 'contain', 'stretch'), 'cover'),
  /** Behind transparent pixels, and beside a picture that is contained: '#rrggbb', 'black' … Default 'white'. */
  background: option(colour, 'white'),
  /** 1: grey; 3: colour; 4: colour and alpha. Default: 1 where all pictures are grey, else 3. */
  channels: CHANNELS,
  /** 16 for floats in [-1, 1] of pictures that all have 16 bits and the size. Default: as they are; 8 where a size is given. */
  bits: BITS,
}
export const READING = {
  /** Whether to go on without the files that cannot be read. Default false: the first one is an error. */
  skipBroken: option(flag, false),
  /** The most bytes that all pictures, or a file of data, may take; a picture may take an eighth to decode. Default 1 GiB. */
  maxBytes: option(count, MOST_BYTES),
  /** How many workers decode; 0: none, here. The same pixels with any number. Default: as many as the machine runs at once. */
  workers: whole,
}
export type PreparationOptions = Given<typeof PREPARATION>
export type ReadingOptions = Given<typeof READING>

/** What pictures were made into: what to give to have others made alike. */
export interface Preparation {
  readonly size: readonly [height: number, width: number]
  readonly fit: Target['fit']
  readonly background: string
  readonly channels: 1 | 3 | 4
  readonly bits: 8 | 16
}

export const targetOf = ({ size: [height, width], fit, background, channels, bits }: Preparation): Target =>
  ({ height, width, fit, background: rgbOf(background), channels, bits })

/** `size` as both sides. */
export const sides = (given: number | readonly [number, number]): readonly [number, number] =>
  (typeof given === 'number' ? [given, given] : given)

