// What a browser lacks, or does with a page: no WebAssembly, a tab that nobody sees, a second tab.
import { afterAll, beforeEach, expect, test } from 'vitest'
import { chromium, missing, number, open, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

const bare = missing ? null : chromium(['--js-flags=--jitless'])
afterAll(async () => (await bare)?.close())

test('without WebAssembly it says what is missing, and its views open', async () => {
  const { page } = await open((await bare)!, all.site.url)
  await page.waitForSelector('main > .alert')
  expect(await page.$eval('main > .alert', (element) => element.textContent)).toMatch(/WebAssembly/)
  for (let view = 1; view <= 8; view++) {
    await page.locator(`nav button:nth-child(${view})`).click()
    await page.waitForSelector(`nav button:nth-child(${view})[aria-current="page"]`)
  }
  await page.waitForSelector('main')
})

test('a tab that nobody sees trains on, draws nothing, and is up to date when it is seen again', async () => {
  const { page, said } = await all.at('#batch=8&steps=1000000')
  await page.waitForSelector('.samples .tiles[data-ready="true"]')
  const see = (hidden: boolean) => page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
  const picture = () => page.$eval('.samples .tiles', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
  await see(true)
  // A look that had begun ends.
  await new Promise((done) => setTimeout(done, 1000))
  const [step, before] = [await number(page, 'step'), await picture()]
  await steps(page, step + 20)
  expect(await picture()).toBe(before)
  await see(false)
  await page.waitForFunction((old) => (
    document.querySelector<HTMLCanvasElement>('.samples .tiles')!.toDataURL() !== old), {}, before)
  expect(said).toEqual([])
})

test('a second tab trains on its own, and both list what either keeps', async () => {
  const { page, said } = await all.at('#view=runs&batch=8&seed=3')
  await steps(page, 1)
  const other = await page.browserContext().newPage()
  await other.goto(`${all.site.url}#view=runs&model=gan&batch=4&hidden=16&seed=4`)
  await steps(other, 1)
  const step = await number(page, 'step')
  await other.locator('[data-keep]').click()
  await other.waitForSelector('.kept li')
  await page.bringToFront()
  await page.waitForSelector('.kept li')
  await steps(page, step + 2)
  expect(await page.evaluate(() => location.hash)).toContain('seed=3')
  expect(said).toEqual([])
})
