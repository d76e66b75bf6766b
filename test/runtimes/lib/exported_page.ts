// An exported page, opened from a disk in a browser that is driven: what it shows, asks for and complains of.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { rgba } from '../../../src/export/wasm/image_data.ts'
import type { Model } from '../../../src/train/model.ts'
import { FILES } from './browsers.ts'

/** How many pictures the page draws. */
export const COUNT = 36

export interface Opened {
  readonly page: Page
  /** Addresses that it asked for, and what it complained of. */
  readonly requests: readonly string[]
  readonly faults: readonly string[]
  readonly browser: Browser
}

export async function openPage(name: 'chromium' | 'firefox', file: string): Promise<Opened> {
  const args = name === 'chromium' ? ['--no-sandbox', '--disable-gpu'] : []
  const browser = await puppeteer.launch({
    browser: name === 'chromium' ? 'chrome' : 'firefox', executablePath: FILES[name], args, headless: true,
  })
  const page = await browser.newPage()
  const [requests, faults]: [string[], string[]] = [[], []]
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(pathToFileURL(file).href)
  await page.waitForSelector('[data-ready]')
  return { page, requests, faults, browser }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The hash of the pixels that `sample` gives. */
export function sampled(model: Model, options: Parameters<Model['sample']>[1]): string {
  const images = model.sample(COUNT, options)
  const [height, width, channels] = model.definition.imageShape as [number, number, number]
  const size = height * width * channels
  return hashOf(Buffer.concat(Array.from({ length: COUNT }, (_, i) => (
    new Uint8Array(rgba(images.subarray(i * size, (i + 1) * size), [height, width, channels]).buffer)))))
}

/** The hash of the pixels of canvases. */
export async function pixels(page: Page, selector: string): Promise<string> {
  const texts = await page.$$eval(selector, (canvases) => canvases.map((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    return Array.from((canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data).join()
  }))
  return hashOf(Buffer.concat(texts.map((text) => Buffer.from(text.split(',').map(Number)))))
}

/** What axe finds, in light and in dark: names of faults; and how many of its rules hold. */
export async function axe(page: Page): Promise<readonly (readonly [faults: readonly string[], passes: number])[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const run = 'axe.run().then(({ violations, passes }) => [violations.map(({ id }) => id), passes.length])'
  const found = []
  for (const value of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
    await page.evaluate(source)
    found.push(await page.evaluate(run) as [string[], number])
  }
  return found
}
