// The sentence that the project lives by: an address ends in one digest, in this page, in another one, and in Node.
import type { Page } from 'puppeteer-core'
import { beforeEach, expect, test } from 'vitest'
import { button, steps } from './lib/chromium.ts'
import { digestOf } from './lib/node.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

const reached = async (page: Page): Promise<string> => {
  const shown = await page.waitForSelector('[data-digest="reached"]', { timeout: 50_000 })
  return shown!.evaluate((element) => (element as HTMLElement).dataset['value']!)
}

test.each([
  '#model=vae&batch=64&latent=20&rate=0.001&seed=7&steps=90',
  '#model=autoencoder&batch=50&latent=6&rate=0.002&seed=3&steps=12',
  '#model=gan&batch=32&latent=64&rate=0.0003&seed=5&steps=10',
  '#model=vae&batch=16&latent=3&rate=0.001&seed=2&hidden=24&augment=flip,crop&steps=20',
  '#model=cvae&batch=8&latent=4&rate=0.001&seed=6&filters=4&hidden=16&likelihood=gaussian&beta=2&steps=6',
])('%s: page, its link opened elsewhere, and Node', async (hash) => {
  const { page, said } = await all.at(hash)
  const digest = await reached(page)
  expect(digest).toBe(await digestOf(hash))
  const link = await page.$eval('[data-share]', (element) => (element as HTMLAnchorElement).hash)
  expect(link).toContain(`digest=${digest}`)
  await page.browserContext().close()

  const { page: other } = await all.at(link)
  await other.waitForSelector('[data-verdict="same"]', { timeout: 50_000 })
  expect(await reached(other)).toBe(digest)
  expect(said).toEqual([])
})

test('a link that promises another digest is told apart', async () => {
  const { page } = await all.at(`#model=vae&batch=8&seed=7&steps=5&digest=${'0'.repeat(64)}`)
  await page.waitForSelector('[data-verdict="different"]')
  const expected = await page.$eval('[data-digest="expected"]', (element) => (element as HTMLElement).dataset['value'])
  expect(expected).toBe('0'.repeat(64))
})

test('where training is paused, the link is of that step', async () => {
  const { page } = await all.at('#model=vae&batch=16&seed=2&steps=100000')
  await steps(page, 4)
  await button(page, 'Pause').click()
  const digest = await reached(page)
  const link = await page.$eval('[data-share]', (element) => (element as HTMLAnchorElement).hash)
  expect(await digestOf(link)).toBe(digest)
})
