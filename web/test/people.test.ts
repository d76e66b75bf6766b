// Whoever uses the page: by keyboard, with a screen reader, on a phone, in the dark, in Chinese. axe finds nothing in any view.
import { beforeEach, describe, expect, test } from 'vitest'
import { findings } from './lib/axe.ts'
import { steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

test.each([['en', 'light'], ['zh', 'dark']])('axe finds nothing in any view: %s, %s', async (language, theme) => {
  const { page } = await all.at('#batch=8')
  await page.evaluate((language, theme) => {
    localStorage.setItem('language', language)
    localStorage.setItem('theme', theme)
  }, language, theme)
  await page.reload()
  await steps(page, 2)
  expect(await page.$eval('html', (html) => [html.lang.slice(0, 2), html.dataset['theme']])).toEqual([language, theme])
  const views = await page.$$('nav button')
  expect(views).toHaveLength(9)
  for (const view of views) {
    await view.click()
    await page.waitForSelector('.view .card')
    await page.$$eval('details', (all) => all.forEach((each) => (each.open = true)))
    expect(await findings(page), await view.evaluate((element) => element.textContent!)).toEqual([])
  }
}, 120_000)

describe.each([360, 2560])('%i pixels wide', (width) => {
  test.each(['en', 'zh'])('no view is cut off: %s', async (language) => {
    const { page } = await all.at('#batch=8', width, 800)
    await page.evaluate((language) => localStorage.setItem('language', language), language)
    await page.reload()
    await steps(page, 2)
    for (const view of await page.$$('nav button')) {
      await view.click()
      await page.waitForSelector('.view .card')
      await page.$$eval('details', (all) => all.forEach((each) => (each.open = true)))
      const name = await view.evaluate((element) => element.textContent!)
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width)
      const beyond = await page.$$eval('main *, header.top *', (elements, most) => elements
        .filter((element) => !element.closest('.scroll, svg, .u-wrap, pre') && element.getBoundingClientRect().right > most + 1)
        .map((element) => element.outerHTML.slice(0, 100)), width)
      expect(beyond, name).toEqual([])
    }
  }, 180_000)
})

describe('the first view', () => {
  test.each([360, 720, 1180, 2560])('%i pixels wide: nothing is cut off', async (width) => {
    const { page } = await all.at('#batch=8', width, 800)
    await steps(page, 2)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    const beyond = await page.$$eval('main *, header.top > *', (elements, most) => elements
      .filter((element) => !element.closest('.scroll, svg, .u-wrap') && element.getBoundingClientRect().right > most + 1)
      .map((element) => element.outerHTML.slice(0, 100)), width)
    expect(beyond).toEqual([])
  })

  test('by keyboard: pause is reached, pressed, and seen to have the focus', async () => {
    const { page } = await all.at('#batch=8')
    await steps(page, 2)
    const names: string[] = []
    for (let i = 0; i < 16 && names.at(-1) !== 'Pause'; i++) {
      await page.keyboard.press('Tab')
      names.push(await page.evaluate(() => document.activeElement!.textContent!.trim()))
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
      expect(outline, names.at(-1)).not.toBe('none')
    }
    expect(names).toEqual(['Skip to the content', 'Train', 'Pictures',
      'Look inside', 'Model', 'Runs', 'Take away', 'Verify', 'Bench', 'Lend', 'Guide', '中文', '', 'Pause'])
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-status="paused"]')
  })

  test('with reduced motion nothing is animated', async () => {
    const { page } = await all.at('#batch=8')
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
    await steps(page, 2)
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  })
})

test('after the first visit it works without a network', async () => {
  const { page } = await all.at('#batch=8')
  await steps(page, 2)
  await page.waitForFunction(async () => (await Promise.all(
    ['./', 'data/mnist-images.idx.gz'].map((file) => caches.match(file)))).every(Boolean), { polling: 500 })
  await page.waitForFunction(async () => {
    const [name] = await caches.keys()
    return (await (await caches.open(name!)).keys()).some(({ url }) => url.includes('/verify-'))
  }, { polling: 500 })
  await page.setOfflineMode(true)
  await page.reload()
  await steps(page, 2)
  await page.locator('nav button:nth-child(7)').click()
  await page.waitForSelector('.card .primary')
})
