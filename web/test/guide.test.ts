// The guide as it is built: each page of docs/ and of the API reference, its links, its policy, who reads it and how; and live
// cells, whose loss falls.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, posix } from 'node:path'
import type { Frame, Page } from 'puppeteer-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { addressOf } from '../plugins/guide/addresses.ts'
import { mathml } from '../plugins/guide/markdown.ts'
import { findings } from './lib/axe.ts'
import { open } from './lib/chromium.ts'
import { DIST, pages, wanted } from './lib/page.ts'

const GUIDE = join(DIST, 'guide')
const DOCS = new URL('../../docs/', import.meta.url).pathname
const all = readdirSync(GUIDE, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) === '.html').sort()
const html = (address: string) => readFileSync(join(GUIDE, address), 'utf8')
const ids = (text: string) => new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))
const CHAPTERS = ['autoencoder', 'vae', 'gan'].map((name) => `tutorial/${name}.html`)

describe('what is built', () => {
  test('has a page for each page of docs/, and for each entry of the API', () => {
    const docs = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) === '.md')
    expect(docs.map((name) => addressOf(`docs/${name}`, 'markdown')).filter((address) => !all.includes(address))).toEqual([])
    for (const entry of ['ganglion', 'ganglion/models', 'ganglion/node', 'ganglion/worker', 'ganglion/swarm']) {
      expect(html('api/index.html')).toContain(`>${entry}</a>`)
    }
  })

  test('links lead to pages, files and headings that are there; ids are of one element each', () => all.forEach((address) => {
    const text = html(address)
    for (const [, link] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      if (/^https:\/\//.test(link!)) continue
      const [path, id] = link!.split('#') as [string, string?]
      const file = path ? posix.join('guide', posix.dirname(address), decodeURI(path)) : `guide/${address}`
      expect(existsSync(join(DIST, file)), `${link} of ${address}`).toBe(true)
      if (id && file.startsWith('guide/')) expect([...ids(readFileSync(join(DIST, file), 'utf8'))], link).toContain(id)
    }
    expect([...text.matchAll(/ id="([^"]+)"/g)].length, address).toBe(ids(text).size)
  }))

  test('each page has its policy, and no script, style or host within', () => all.forEach((address) => {
    const text = html(address)
    expect(text).toContain("content=\"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'")
    expect(text).not.toMatch(/<style|<script(?![^>]*src=)|<[^>]* style=|<[^>]* on\w+="/)
    expect(text, address).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?\/\//)
  }))

  test('formulas are MathML, and none is left as it was written', () => {
    for (const chapter of CHAPTERS) {
      const text = html(chapter).replaceAll(/<pre[^]*?<\/pre>/g, '')
      expect(text).toContain('<math')
      expect(text).not.toMatch(/\$|\\(?:frac|sum|ln|mu)/)
    }
    expect(() => mathml('\\frac{1}', true)).toThrow()
  })
})

describe('in Chromium', () => {
  const site = pages()
  beforeEach(wanted)
  const at = (address: string, width?: number, height?: number) =>
    open(site.browser, `${site.site.url}guide/${address}`, width, height)
  const READ = ['index.html', ...CHAPTERS, 'models.html', 'how-to/own-model.html', 'api/index.html', 'api/ganglion/swarm.html',
    'repository/examples/gan.mjs.html']

  test.each(READ)('%s: nothing is cut off at any width, and axe finds nothing, light and dark', async (address) => {
    const { page, said } = await at(address, 360, 800)
    await page.waitForSelector('.tools button')
    for (const width of [360, 1180, 2560]) {
      await page.setViewport({ width, height: 800 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(await page.$$eval('article *', (elements, most) => elements
        .filter((element) => !element.closest('.table, pre, .formula') && element.getBoundingClientRect().right > most + 1)
        .map((element) => element.outerHTML.slice(0, 100)), width)).toEqual([])
    }
    for (const [width, scheme] of [[360, 'light'], [1180, 'dark']] as const) {
      await page.setViewport({ width, height: 800 })
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      expect(await findings(page), scheme).toEqual([])
    }
    expect(said).toEqual([])
  })

  test('by keyboard: past the contents, then through them, and the theme', async () => {
    const { page } = await at('tutorial/vae.html')
    const focused = () => page.evaluate(() => {
      const { activeElement } = document
      return activeElement!.textContent!.trim() || activeElement!.getAttribute('aria-label')
    })
    const names: (string | null)[] = []
    for (let i = 0; i < 7; i++) {
      await page.keyboard.press('Tab')
      names.push(await focused())
      expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle), names.at(-1)!).not.toBe('none')
    }
    const tools = ['Playground', 'Guide', 'API', 'Theme: as the system']
    expect(names).toEqual(['Skip to the content', 'Ganglion', ...tools, '1. The autoencoder'])
    await page.focus('.tools button')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    expect(await page.$eval('html', ({ dataset }) => dataset['theme'])).toBe('dark')
    await page.reload()
    expect(await page.$eval('html', ({ dataset }) => dataset['theme'])).toBe('dark')
    await page.focus('.skip')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'main')
  })

  test('without a script it is read, as light or dark as the system', async () => {
    const { page } = await at('index.html', 360)
    await page.setJavaScriptEnabled(false)
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    await page.goto(`${site.site.url}guide/tutorial/vae.html`)
    const ground = await page.$eval('body', (body) => getComputedStyle(body).backgroundColor)
    expect(ground).toBe('rgb(13, 17, 20)')
    await page.click('.contents summary')
    await page.click('.contents a[href="gan.html"]')
    await page.waitForSelector('h1[id^="3-"]')
  })

  test('the playground leads to the guide, and the guide back', async () => {
    const { page } = await site.at('#batch=8')
    await page.locator('nav a').click()
    await page.waitForSelector('article h1')
    expect(page.url()).toBe(`${site.site.url}guide/index.html`)
    await page.locator('.top nav a:first-child').click()
    await page.waitForSelector('[data-number="step"]')
  })

  test('after the first visit its other pages, and the playground, are there without a network', async () => {
    const { page } = await at('index.html')
    await page.waitForFunction(async () => {
      const found = ['./tutorial/vae.html', './api/index.html', '../data/mnist-images.idx.gz', '../cell.html']
        .map((file) => caches.match(new URL(file, location.href)))
      return (await Promise.all(found)).every(Boolean)
    }, { polling: 500 })
    await page.setOfflineMode(true)
    await page.goto(`${site.site.url}guide/tutorial/vae.html`)
    await page.waitForSelector('math')
    expect(await page.$eval('article img', (image) => (image as HTMLImageElement).src)).toContain('vae-')
    await trained(page, 30)
  })

  /** A page's live cell, once it has its button. It is looked for anew: what a service worker takes over is loaded again. */
  async function cellOf(page: Page): Promise<Frame> {
    for (let tries = 5; ; tries--) {
      try {
        await page.$eval('.live iframe', (frame) => frame.scrollIntoView({ block: 'center' }))
        const frame = (await (await page.waitForSelector('.live iframe'))!.contentFrame())!
        await frame.waitForSelector('button.primary', { timeout: 5000 })
        return frame
      } catch (error) {
        if (!tries) throw error
      }
    }
  }

  /** Presses the button of a page's live cell, and gives the first and the last loss after so many steps. */
  async function trained(page: Page, steps: number): Promise<Record<'first' | 'last', Record<string, number>>> {
    const frame = await cellOf(page)
    await frame.click('button.primary')
    const reached = (least: number) => frame.waitForFunction((least) => {
      const shown = document.querySelector('[data-number="step"]')?.textContent ?? '0'
      return Number(shown.replace(/\D/g, '')) >= least
    }, { timeout: 90_000 }, least)
    const losses = () => frame.$$eval('[data-metric]', (all) => Object.fromEntries(all.map((each) => (
      [(each as HTMLElement).dataset['metric']!, Number(each.textContent!.replace(/,/g, ''))]))))
    await reached(1)
    const first = await losses()
    await reached(steps)
    await frame.waitForSelector('.tiles[data-ready="true"]')
    return { first, last: await losses() }
  }

  test.each(['autoencoder', 'vae'])('the live cell of %s: pressing run makes the loss fall', async (name) => {
    const { page, said } = await at(`tutorial/${name}.html`)
    const { first, last } = await trained(page, 120)
    expect(last['loss']).toBeLessThan(0.85 * first['loss']!)
    expect(said).toEqual([])
  }, 120_000)

  test('the live cell of the GAN trains both networks, and rests while nobody sees it', async () => {
    const { page, said } = await at('tutorial/gan.html')
    const { last } = await trained(page, 40)
    expect(Object.keys(last).sort()).toEqual(['discriminator', 'generator'])
    // A discriminator that has learned nothing has 2 ln 2.
    expect(last['discriminator']).toBeLessThan(1.386)
    const frame = (await (await page.$('.live iframe'))!.contentFrame())!
    await page.evaluate(() => scrollTo(0, 0))
    await frame.waitForSelector('[data-status="paused"]')
    await page.$eval('.live iframe', (element) => element.scrollIntoView())
    await frame.waitForSelector('[data-status="running"]')
    expect(said).toEqual([])
  }, 120_000)

  test.each([360, 720])('a live cell, %i pixels wide: axe finds nothing, before and while it trains', async (width) => {
    const { page } = await open(site.browser, `${site.site.url}cell.html#model=vae&batch=8`, width)
    expect(await findings(page)).toEqual([])
    await (await page.waitForSelector('button.primary'))!.click()
    await page.waitForSelector('.tiles[data-ready="true"]')
    expect(await findings(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    const link = await page.$eval('a[target="_top"]', (a) => (a as HTMLAnchorElement).href)
    expect(link).toContain(`${site.site.url}#model=vae`)
  })
})
