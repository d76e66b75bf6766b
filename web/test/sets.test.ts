// Sets of images that come with the page beside the digits: loaded when they are chosen, and the same bits as in Node, where the
// package loads them from where they come.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { imagesFromIdx } from 'ganglion/idx'
import { loadDataset } from 'ganglion/node'
import { beforeEach, expect, test } from 'vitest'
import sets from '../src/state/sets.json'
import { steps } from './lib/chromium.ts'
import { digestOf } from './lib/node.ts'
import { DIST, pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

const others = ['fashion', 'emoji'] as const
const bytes = (name: string, what: string) => new Uint8Array(gunzipSync(readFileSync(`${DIST}data/${name}-${what}.idx.gz`)))
const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

test.each([
  ['mnist', 'a051f814a250d347'], ['fashion', '167acfa5e4e176a2'], ['emoji', '3a624812588efff0'],
] as const)('%s: as many as are trained on and some to look at, the same bytes for ever', (name, sha) => {
  const { shape, count, images } = imagesFromIdx(bytes(name, 'images'), name)
  expect(shape).toEqual(sets[name].shape)
  expect(count).toBeGreaterThan(sets[name].trained + 100)
  expect(new Set(bytes(name, 'labels').subarray(8)).size).toBe(sets[name].classes.length)
  expect(hash(images as Uint8Array).slice(0, 16)).toBe(sha)
})

test('fashion: what a program loads is what the page trains on', async () => {
  const { images, count } = await loadDataset('fashion', { limitFirst: sets.fashion.trained })
  expect(count).toBe(sets.fashion.trained)
  const shipped = imagesFromIdx(bytes('fashion', 'images'), 'fashion').images as Uint8Array
  expect(hash(images as Uint8Array)).toBe(hash(shipped.subarray(0, images.length)))
}, 120_000)

test.each(others)('%s: loaded when it is chosen, its classes named, to the digest of Node', async (name) => {
  const address = '#model=vae&batch=16&latent=3&hidden=16&seed=2&steps=10'
  const { page, said } = await all.at(`${address}&data=mnist`)
  await steps(page, 1)
  const files = () => all.site.asked.filter((path) => path.includes(name))
  const before = files().length
  await page.select('[data-data]', name)
  const shown = await page.waitForSelector('[data-digest="reached"]')
  expect(await page.evaluate(() => location.hash)).toContain(`data=${name}`)
  expect(files().length).toBeGreaterThan(before)
  const digest = await shown!.evaluate((element) => (element as HTMLElement).dataset['value'])
  expect(digest).toBe(await digestOf(`${address}&data=${name}`))
  await page.locator('nav button:nth-child(3)').click()
  await page.waitForSelector('.latent .classes')
  expect(await page.$$eval('.latent .classes button', (all) => all.map((each) => each.textContent))).toEqual(sets[name].classes)
  expect(said).toEqual([])
})
