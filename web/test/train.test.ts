// What one sees first, in Chromium, on a host that sends no headers: training begins by itself, on threads, and obeys buttons.
import { beforeEach, describe, expect, test } from 'vitest'
import { button, number, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

/** What a canvas shows, as text to compare. */
const picture = (page: Awaited<ReturnType<typeof all.at>>['page'], card: string) =>
  page.$eval(`.${card} .tiles:last-of-type`, (canvas) => (canvas as HTMLCanvasElement).toDataURL())

describe('the page as it is opened', () => {
  test('trains by itself, on threads, and everything moves', async () => {
    const { page, said } = await all.at()
    await steps(page, 5)
    const loss = () => page.$eval('[data-metric="loss"]', (element) => Number(element.textContent!.replace(/,/g, '')))
    const [samples, reconstructions] = [await picture(page, 'samples'), await picture(page, 'reconstructions')]
    const curves = () => page.$eval('.loss .chart canvas', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const [first, drawn] = [await loss(), await curves()]
    await steps(page, 150)
    await page.waitForFunction((before) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.samples .tiles')!
      return canvas.dataset['ready'] === 'true' && canvas.toDataURL() !== before
    }, {}, samples)
    expect(await loss()).toBeLessThan(0.7 * first)
    expect(await picture(page, 'reconstructions')).not.toBe(reconstructions)
    expect(await curves()).not.toBe(drawn)
    expect(await number(page, 'speed')).toBeGreaterThan(0)
    const [isolated, processors] = await page.evaluate(() => [crossOriginIsolated, navigator.hardwareConcurrency])
    expect(isolated).toBe(true)
    expect(await number(page, 'threads')).toBe(Math.min(4, processors as number))
    expect(await page.$eval('[data-threads]', (element) => element.textContent)).toContain(`it may run ${processors} at once`)
    expect(said).toEqual([])
  })

  test('is loaded anew once at most for its headers, and not at all later', async () => {
    const { page } = await all.at()
    await steps(page, 1)
    const loads = () => all.site.asked.filter((path) => path === '/').length
    const before = loads()
    await page.reload()
    await steps(page, 1)
    expect(loads() - before).toBe(1)
  })

  test('without service workers it trains on one thread, and says why', async () => {
    const { page } = await all.at('404')
    await page.evaluateOnNewDocument(() => Object.defineProperty(ServiceWorkerContainer.prototype, 'register', {
      value: () => Promise.reject(new Error('refused')),
    }))
    await page.goto(all.site.url)
    await steps(page, 3)
    expect(await number(page, 'threads')).toBe(1)
    expect(await page.$eval('[data-threads]', (element) => element.textContent)).toMatch(/^Threads: 1\. .*not isolated/)
  })
})

describe('buttons', () => {
  test('pause, one step, run, restart', async () => {
    const { page, said } = await all.at('#steps=100000')
    const status = (wanted: string) => page.waitForSelector(`[data-status="${wanted}"]`)
    await steps(page, 3)
    await button(page, 'Pause').click()
    await status('paused')
    const at = await number(page, 'step')
    await button(page, 'One step').click()
    await page.waitForFunction((step) => document.querySelector('[data-number="step"]')!.textContent === step, {}, String(at + 1))
    await status('paused')
    await button(page, 'Run').click()
    await steps(page, at + 10)
    await button(page, 'Restart').click()
    await page.waitForFunction((step) => Number(document.querySelector('[data-number="step"]')!.textContent) < step, {}, at)
    await steps(page, 3)
    expect(said).toEqual([])
  })

  test('a setting begins a new run without a reload, and is in the address', async () => {
    const { page, said } = await all.at()
    await steps(page, 2)
    await page.evaluate(() => ((globalThis as { mark?: number }).mark = 1))
    await page.select('select', 'gan')
    await page.waitForSelector('[data-metric="generator"]')
    await page.locator('input[name="batch"]').fill('32')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('model=gan&data=mnist&batch=32&latent=100'))
    await steps(page, 2)
    expect(await page.evaluate(() => (globalThis as { mark?: number }).mark)).toBe(1)
    expect(await page.$('.reconstructions')).toBeNull()
    expect(said).toEqual([])
  })
})
