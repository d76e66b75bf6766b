// Firefox and WebKitGTK: the page trains, pauses and goes on, and the address ends in the digest of Node.
import { existsSync } from 'node:fs'
import puppeteer from 'puppeteer-core'
import { By, until } from 'selenium-webdriver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf } from './lib/node.ts'
import { DIST } from './lib/page.ts'
import { serve, type Site } from './lib/serve.ts'
import { missing as noWebkit, webkit } from './lib/webkit.ts'

const FIREFOX = '/usr/bin/firefox-esr'
const noFirefox = existsSync(FIREFOX) ? null : "not run here: Debian's firefox-esr is not installed"
const HASH = '#model=vae&batch=32&latent=6&rate=0.002&seed=4&steps=40'
const PATIENCE = 180_000

let site: Site
let digest: string
beforeAll(async () => {
  site = await serve(DIST)
  digest = await digestOf(HASH)
})
afterAll(() => site.close())

/** What a test does with a browser. */
interface Driven {
  /** The text, or an attribute, of what a selector finds, once it is there. */
  text(selector: string, attribute?: string): Promise<string>
  click(selector: string): Promise<unknown>
}

async function trains({ text, click }: Driven): Promise<void> {
  expect(await text('[data-digest="reached"]', 'data-value')).toBe(digest)
  const loss = async () => Number((await text('[data-metric="loss"]')).replace(/,/g, ''))
  // That of an untrained one is above 700.
  expect(await loss()).toBeLessThan(500)
  await click('.controls .primary')
  await text('[data-status="paused"]', 'class')
  const step = Number((await text('[data-number="step"]')).replace(/\D/g, ''))
  await click('.controls .primary')
  await text('[data-status="running"]', 'class')
  await expect.poll(async () => Number((await text('[data-number="step"]')).replace(/\D/g, '')), { timeout: PATIENCE })
    .toBeGreaterThan(step)
}

test('Firefox', async ({ skip }) => {
  if (noFirefox) skip(noFirefox)
  // Without service workers: under WebDriver BiDi a worker's worker, which threads are, does not start now and then.
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: FIREFOX, timeout: PATIENCE, extraPrefsFirefox: { 'dom.serviceWorkers.enabled': false },
  })
  try {
    const page = await browser.newPage()
    await page.goto(site.url + HASH)
    await trains({
      async text(selector, attribute) {
        const found = await page.waitForSelector(selector, { timeout: PATIENCE })
        return found!.evaluate((element, name) => (name ? element.getAttribute(name) : element.textContent)!, attribute)
      },
      click: (selector) => page.click(selector),
    })
  } finally {
    await browser.close()
  }
}, 2 * PATIENCE)

test('WebKitGTK', async ({ skip }) => {
  if (noWebkit) skip(noWebkit)
  const { driver, close } = await webkit()
  try {
    await driver.get(site.url + HASH)
    const find = (selector: string) => driver.wait(until.elementLocated(By.css(selector)), PATIENCE)
    await trains({
      // An element may be drawn anew between two questions.
      text: (selector, attribute) => driver.wait(async () => {
        const element = await find(selector)
        return (attribute ? element.getAttribute(attribute) : element.getText()).catch(() => null)
      }, PATIENCE) as Promise<string>,
      click: async (selector) => (await find(selector)).click(),
    })
  } finally {
    await close()
  }
}, 2 * PATIENCE)
