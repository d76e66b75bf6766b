// Names and contents of files from strangers: what of them reaches a terminal, what is said of a folder, which limits hold.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { printable } from '../../src/cli/printable.ts'
import { encodePng } from '../../src/node/png.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => { at.remove() })
const picture = (name: string, side = 6) => {
  writeFileSync(at.in(name), encodePng({ width: side, height: side, channels: 1, pixels: new Uint8Array(side * side).fill(9) }))
}
const SMALL = ['--hidden', '4', '--latent', '2', '--batch-size', '2', '--epochs', '1']

describe('a terminal', () => {
  test('gets no control character from a file, in whatever message', async () => {
    const title = '\x1b]0;owned\x07'
    mkdirSync(at.in('run'))
    writeFileSync(at.in('run', 'config.json'), JSON.stringify({
      format: 1, model: { kind: title, options: {} }, training: { seed: 1 }, software: {},
    }))
    for (const terminal of [false, true]) {
      const { code, stdout, stderr } = await ganglion(['train', '--resume', at.in('run')], { terminal })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain('is of the model "\\u001b]0;owned\\u0007", which is none of the package')
    }
    mkdirSync(at.in('pictures'))
    writeFileSync(at.in('pictures', `${title}.png`), 'hello')
    const { stderr } = await ganglion(['train', 'vae', '--data', at.in('pictures'), '--out', at.in('new')])
    expect(stderr).toContain('\\u001b]0;owned\\u0007.png" is no picture that is known here')
  })

  test('printable leaves text alone, and of controls new lines and tabs; JSON stays the same JSON', () => {
    expect(printable('a\r\n\tb\x9b1m\u202ec\x7f')).toBe('a\\u000d\n\tb\\u009b1m\\u202ec\\u007f')
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printable(text)
      // eslint-disable-next-line no-control-regex -- they are what it is about
      expect(shown).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
      expect(printable(shown)).toBe(shown)
      expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text)
    }))
  })
})

describe('a folder', () => {
  test('what was not read is said, once', async () => {
    for (const name of ['a.png', 'b.png', '._a.png']) picture(name)
    for (const name of ['c.tif', 'd.avif', 'e.gif', 'f.bmp']) writeFileSync(at.in(name), '')
    mkdirSync(at.in('cats'))
    const said = `ganglion: of "${at.path.split('/').at(-1)}", not read: 1 folder (cats/) and ` +
      '4 pictures of other kinds than PNG, JPEG and WebP (c.tif, d.avif, e.gif, …); folders are classes where no pictures are ' +
      'beside them\n'
    const { code, stderr } = await ganglion(['train', 'vae', '--data', at.path, '--out', at.in('run'), '--quiet', ...SMALL])
    expect([code, stderr]).toEqual([0, said])
    const both = said.replace('1 folder (cats/)', '2 folders (cats/, run/)')
    expect((await ganglion(['evaluate', at.in('run')])).stderr).toBe(both)
  })

  test('--max-bytes is the limit, and is kept in the command that repeats the run', async () => {
    mkdirSync(at.in('pictures'))
    for (const name of ['pictures/a.png', 'pictures/b.png']) picture(name)
    const args = ['train', 'vae', '--data', at.in('pictures'), '--out', at.in('run'), ...SMALL]
    const train = (...more: string[]) => ganglion([...args, ...more])
    const { stderr } = await train('--max-bytes', '8000')
    expect(stderr).toMatch(/^ganglion: ".*a\.png" unpacks to 1680 bytes, expected at most 1000; .* to 13440\n$/)
    expect((await train('--max-bytes', '13440')).code).toBe(0)
    expect(readFileSync(at.in('run', 'config.json'), 'utf8')).toContain(' --max-bytes 13440 ')
    expect((await ganglion(['reconstruct', at.in('run'), '--max-bytes', '8000', '--count', '1'])).code).toBe(1)
    expect((await ganglion(['evaluate', at.in('run'), '--max-bytes', '8000'])).code).toBe(1)
    expect((await ganglion(['train', '--resume', at.in('run'), '--epochs', '2', '--max-bytes', '8000'])).code).toBe(1)
  })
})
