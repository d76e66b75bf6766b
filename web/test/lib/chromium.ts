// Debian's Chromium. A page that says anything on its console, or breaks its policy, fails its test.
import { existsSync } from 'node:fs'
import puppeteer, { type Browser, type Locator, type Page } from 'puppeteer-core'

export const FILE = '/usr/bin/chromium'
export const missing = existsSync(FILE) ? null : "not run here: Debian's chromium is not installed"

/** Nothing that calls home, and no sandbox: it cannot be had as root, and the pages are our own. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update']

export const chromium = (args: readonly string[] = []): Promise<Browser> =>
  puppeteer.launch({ executablePath: FILE, args: [...ARGS, ...args], pipe: true })

export interface Opened {
  readonly page: Page
  /** What it said, wrongly. */
  readonly said: string[]
}

/** A page of its own, which shares nothing with others. */
export async function open(browser: Browser, url: string, width = 1440, height = 900): Promise<Opened> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  await page.setViewport({ width, height })
  const said: string[] = []
  page.on('console', (message) => void (['error', 'warn'].includes(message.type()) && said.push(message.text())))
  page.on('pageerror', (error) => void said.push((error as Error).message))
  await page.goto(url)
  return { page, said }
}

/** The number that the page shows by a name, without separators. */
export const number = (page: Page, name: string): Promise<number> =>
  page.$eval(`[data-number="${name}"]`, (element) => Number(element.textContent!.replace(/\D/g, '')))

/** Until the page has trained so many steps. */
export const steps = (page: Page, count: number): Promise<unknown> => page.waitForFunction((least) => {
  const shown = document.querySelector('[data-number="step"]')?.textContent ?? '0'
  return Number(shown.replace(/\D/g, '')) >= least
}, { timeout: 30_000 }, count)

/** A button by what is written on it, or what it is called. */
export const button = (page: Page, name: string): Locator<Element> =>
  page.locator(`::-p-aria([name="${name}"][role="button"])`) as Locator<Element>
