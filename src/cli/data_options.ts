// Options of the command line that say which images to take and what to make them into.
import { colour } from '../pictures/options.ts'
import type { DataChoice } from './data.ts'
import { choice, integer, UsageError, type Values } from './options.ts'

/** One side, or height and width. */
function size(text: string): [number, number] {
  const [, height = '', width = height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? []
  if (!(Number(height) > 0 && Number(width) > 0)) throw new RangeError('a number of pixels, or HEIGHTxWIDTH')
  return [Number(height), Number(width)]
}

function part(text: string): number {
  const value = /^0?\.\d+$/.test(text) ? Number(text) : NaN
  if (!(value > 0 && value < 1)) throw new RangeError('a number between 0 and 1, 0.1 say')
  return value
}

function background(text: string): string {
  if (colour.fault(text)) throw new RangeError(colour.expected)
  return text
}

export const pictureOptions = {
  size: {
    value: 'N|HxW', help: 'make pictures this large, in pixels', read: size,
    initial: 'their own; 64, or 32 of small ones, where they differ',
  },
  fit: {
    value: 'HOW', help: 'cover cuts off what is over, contain shows all in front of the background, stretch distorts',
    read: choice('cover', 'contain', 'stretch'), initial: 'cover',
  },
  background: { value: 'COLOUR', help: 'behind transparent pixels and beside contained pictures', read: background,
    initial: 'white' },
  channels: {
    value: 'N', help: '1: grey, 3: colour, 4: with transparency', initial: '1 where all pictures are grey, else 3',
    read: (text: string) => Number(choice('1', '3', '4')(text)) as 1 | 3 | 4,
  },
  validation: { value: 'PART', help: 'hold out this part of the training images, drawn by the seed, to judge by', read: part },
  'skip-broken': { help: 'go on without files that cannot be read' },
} as const

export const limitOptions = {
  limit: { value: 'N', help: 'train on N images only, drawn by the seed', read: integer(1), initial: 'all' },
  'limit-first': { value: 'N', help: 'train on the first N images only', read: integer(1) },
} as const

/** What was given, by the names of loadDataset. */
export function choiceFrom(values: Values<typeof pictureOptions & typeof limitOptions>): DataChoice {
  const { size: sides, fit, channels, validation, limit, 'limit-first': limitFirst, 'skip-broken': skipBroken } = values
  if (limit !== undefined &&
    limitFirst !== undefined) throw new UsageError('--limit and --limit-first both say how many; give one')
  return { size: sides, fit, background: values.background, channels, validation, limit, limitFirst, skipBroken }
}
