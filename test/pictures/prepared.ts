// A folder of every kind of picture, and the digest that it is prepared to, in every runtime.
import { readFileSync } from 'node:fs'

const folder = new URL('../golden/pictures/', import.meta.url)

/** Paths of a folder with two splits of two classes, and the files of test/golden/pictures that lie there. */
export const FOLDER: Readonly<Record<string, string>> = {
  'set/train/png/a.png': 'a.png', 'set/train/png/alpha.png': 'alpha.png', 'set/train/png/bits.png': 'bits.png',
  'set/train/png/palette.png': 'palette.png', 'set/train/png/small.png': 'small.png', 'set/train/png/tall.png': 'tall.png',
  'set/train/png/wide.png': 'wide.png', 'set/train/others/a.jpg': 'a.jpg', 'set/train/others/alpha.webp': 'alpha.webp',
  'set/train/others/grey.jpg': 'grey.jpg', 'set/train/others/lossless.webp': 'lossless.webp',
  'set/train/others/lossy.webp': 'lossy.webp', 'set/train/others/progressive.jpg': 'progressive.jpg',
  'set/train/others/turned.jpg': 'turned.jpg', 'set/test/png/grey.png': 'grey.png', 'set/test/others/again.jpg': 'a.jpg',
}
export const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)))

/** Prepared to 24x20 in colour, contained before #336699. */
export const OPTIONS = { size: [24, 20], fit: 'contain', background: '#336699' } as const
export const DIGEST = '3769a2144f796add1fdf33deea3fbbc8c8f206e34efe7deea1c2db5a54be4b74'
