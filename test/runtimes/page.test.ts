// The exported page, opened from a disk: what it draws is what `sample` draws, it fetches nothing, keys are enough for it, and
// axe finds no fault.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportModel } from '../../src/export/index.ts'
import { rgba } from '../../src/export/wasm/image_data.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import { absent, FILES } from './lib/browsers.ts'
import { hashOf } from './lib/standalone.ts'

const COUNT = 36
const folder = mkdtempSync(join(tmpdir(), 'ganglion-page-'))
const file = join(folder, 'page.html')
let model: Model

beforeAll(async () => {
  model = await Model.create(await createRuntime(), vae({ hidden: 40, latent: 6 }), { seed: 12 })
  const [page] = (await exportModel(model, 'html')).values()
  writeFileSync(file, page!)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The hash of the pixels that `sample` gives for a seed. */
function sampled(seed: number): string {
  const images = model.sample(COUNT, { seed })
  const picture = (i: number) => new Uint8Array(rgba(images.subarray(i * 784, (i + 1) * 784), [28, 28, 1]).buffer)
  return hashOf(Buffer.concat(Array.from({ length: COUNT }, (_, i) => picture(i))))
}

/** The hash of the pixels of canvases. */
async function pixels(page: Page, selector: string): Promise<string> {
  const texts = await page.$$eval(selector, (canvases) => canvases.map((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    return Array.from((canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data).join()
  }))
  return hashOf(Buffer.concat(texts.map((text) => Buffer.from(text.split(',').map(Number)))))
}

describe.each(['chromium', 'firefox'] as const)('in %s', (name) => {
  const missing = absent[name]
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const faults: string[] = []

  beforeAll(async () => {
    if (missing) return
    const args = name === 'chromium' ? ['--no-sandbox', '--disable-gpu'] : []
    browser = await puppeteer.launch({
      browser: name === 'chromium' ? 'chrome' : 'firefox', executablePath: FILES[name], args, headless: true,
    })
    page = await browser.newPage()
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(pathToFileURL(file).href)
    await page.waitForSelector('[data-ready]')
  })
  afterAll(() => browser?.close())

  const there = (what: string, run: () => Promise<void>): void => {
    test(what, async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      await run()
    })
  }

  there('it draws what sample draws, from the seed of the run and from others', async () => {
    expect(await pixels(page, '#pictures canvas')).toBe(sampled(12))
    await page.focus('#seed')
    for (let i = 0; i < 2; i++) await page.keyboard.press('Backspace')
    await page.keyboard.type('9007199254740991')
    await page.keyboard.press('Enter')
    expect(await pixels(page, '#pictures canvas')).toBe(sampled(2 ** 53 - 1))
    expect(await page.$eval('#status', ({ textContent }) => textContent)).toBe('36 pictures from seed 9007199254740991')
  })
  there('keys choose a picture, change it, walk, and reset', async () => {
    await page.focus('#picture-0')
    await page.keyboard.press('ArrowRight')
    expect(await page.$eval('#picture-1', (input) => (input as HTMLInputElement).checked)).toBe(true)
    const chosen = await pixels(page, '#large')
    expect(chosen).toBe(await pixels(page, '.picture:nth-of-type(2) canvas'))
    await page.focus('#directions input')
    await page.keyboard.press('ArrowRight')
    const changed = await pixels(page, '#large')
    expect(changed).not.toBe(chosen)
    await page.focus('#reset')
    await page.keyboard.press('Enter')
    expect(await pixels(page, '#large')).toBe(chosen)
    await page.focus('#way')
    await page.keyboard.press('End')
    const to = await page.$eval('#to', (select) => Number((select as HTMLSelectElement).value))
    expect(await pixels(page, '#large')).toBe(await pixels(page, `.picture:nth-of-type(${to + 1}) canvas`))
  })
  there('it fetches nothing, and breaks no policy of its own', async () => {
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
    expect(faults).toEqual([])
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "not allowed"'
      document.body.append(script)
      return document.title
    })
    expect(ran).toBe('Pictures by the vae')
  })
  if (name === 'firefox') return
  there('axe finds no fault, in light and in dark', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    for (const value of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
      await page.evaluate(axe)
      const run = 'axe.run().then(({ violations, passes }) => [violations.map(({ id }) => id), passes.length])'
      const [faults, passes] = await page.evaluate(run) as [string[], number]
      expect(faults).toEqual([])
      expect(passes).toBeGreaterThan(20)
    }
  })
})
